import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { brotliCompress, constants } from 'node:zlib'
import vue from '@vitejs/plugin-vue'
import type { Plugin } from 'vite'
import { defineConfig } from 'vitest/config'

// The server that `npm run dev` asks for data and tiles.
const server = process.env.FOURMAPS_DEV_SERVER ?? 'http://127.0.0.1:8080'

/** Writes name.br beside what becomes smaller by it: the server sends it as it is. */
function brotli(): Plugin {
  return {
    name: 'brotli',
    apply: 'build',
    enforce: 'post',
    async generateBundle(_, bundle) {
      const written = Object.values(bundle).filter((file) => /\.(js|css|svg|json)$/.test(file.fileName))
      for (const file of written) {
        const plain = Buffer.from(file.type === 'chunk' ? file.code : file.source)
        const small = await promisify(brotliCompress)(plain, { params: { [constants.BROTLI_PARAM_QUALITY]: 10 } })
        if (plain.length > 1024) this.emitFile({ type: 'asset', fileName: `${file.fileName}.br`, source: small })
      }
    },
  }
}

export default defineConfig({
  plugins: [vue(), brotli()],
  resolve: { alias: { '@': fileURLToPath(new URL('./src', import.meta.url)) } },
  define: { __VUE_OPTIONS_API__: 'false', __VUE_I18N_LEGACY_API__: 'false' },
  server: {
    proxy: Object.fromEntries(
      ['/api', '/tiles', '/basemaps', '/healthz', '/readyz'].map((path) => [path, { target: server, changeOrigin: true }]),
    ),
  },
  build: {
    target: 'es2022',
    // Small files stay files: a data: font or script would need a wider content security policy.
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 1200,
    rolldownOptions: {
      output: {
        codeSplitting: {
          groups: [
            { name: 'maplibre', test: /node_modules[\\/]maplibre-gl/ },
            { name: 'vue', test: /node_modules[\\/](@?vue|@tanstack|pinia|@intlify)/ },
          ],
        },
      },
    },
  },
  test: { include: ['src/**/*.test.ts', 'eslint/**/*.test.js'] },
})
