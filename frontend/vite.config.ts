import { readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { brotliCompress, constants } from 'node:zlib'
import vue from '@vitejs/plugin-vue'
import type { Plugin } from 'vite'
import { defineConfig } from 'vitest/config'

// The server that `npm run dev` asks for data and tiles.
const server = process.env.FOURMAPS_DEV_SERVER ?? 'http://127.0.0.1:8080'

/** Writes name.br beside what becomes smaller by it: the server sends it as it is. From what was written, since other
 * plugins change the bundle until the end. */
function brotli(): Plugin {
  return {
    name: 'brotli',
    apply: 'build',
    async writeBundle({ dir }, bundle) {
      const params = { [constants.BROTLI_PARAM_QUALITY]: 10 }
      for (const name of Object.keys(bundle).filter((file) => /\.(js|css|svg|json)$/.test(file))) {
        const file = path.join(dir ?? '', name)
        const plain = await readFile(file)
        if (plain.length > 1024) await writeFile(`${file}.br`, await promisify(brotliCompress)(plain, { params }))
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
