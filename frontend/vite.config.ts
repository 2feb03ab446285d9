import { createHash } from 'node:crypto'
import { readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { brotliCompress, constants } from 'node:zlib'
import vue from '@vitejs/plugin-vue'
import type { Plugin } from 'vite'
import { build } from 'vite'
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

/** Writes sw.js, which knows the files of this build. Fonts are not among them: the few that a page needs are kept as it
 * asks for them. */
function serviceWorker(): Plugin {
  return {
    name: 'service-worker',
    apply: 'build',
    async writeBundle({ dir }, bundle) {
      const files = Object.keys(bundle).filter((file) => /^assets\/.*\.(m?js|css|svg)$/.test(file)).map((file) => `/${file}`).sort()
      const page = await readFile(path.join(dir ?? '', 'index.html'))
      const shell = { version: createHash('sha256').update(page).update(files.join()).digest('hex').slice(0, 12), files: ['/', '/icon.svg', '/icon-192.png', '/manifest.webmanifest', ...files] }
      await build({
        configFile: false, logLevel: 'warn', publicDir: false, define: { SHELL: JSON.stringify(shell) },
        build: { outDir: dir ?? 'dist', emptyOutDir: false, target: 'es2022', lib: { entry: fileURLToPath(new URL('./src/worker/worker.ts', import.meta.url)), formats: ['iife'], name: 'worker', fileName: () => 'sw.js' } },
      })
    },
  }
}

export default defineConfig({
  plugins: [vue(), brotli(), serviceWorker()],
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
