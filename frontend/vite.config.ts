import { fileURLToPath } from 'node:url'
import vue from '@vitejs/plugin-vue'
import { defineConfig } from 'vitest/config'

// The server that `npm run dev` asks for data and tiles.
const server = process.env.FOURMAPS_DEV_SERVER ?? 'http://127.0.0.1:8080'

export default defineConfig({
  plugins: [vue()],
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
