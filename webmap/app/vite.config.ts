import vue from '@vitejs/plugin-vue'
import { defineConfig } from 'vitest/config'

const server = process.env.QUMING_DEV_SERVER ?? 'http://127.0.0.1:8000'
const proxied = ['/api', '/tiles', '/styles', '/share', '/healthz']

export default defineConfig({
  plugins: [vue()],
  server: { port: 5173, proxy: Object.fromEntries(proxied.map((path) => [path, server])) },
  build: {
    target: 'es2022',
    chunkSizeWarningLimit: 600,
    rolldownOptions: {
      output: {
        codeSplitting: {
          groups: [
            { name: 'openlayers', test: /node_modules[\\/](ol|rbush|pbf|quickselect)[\\/]/ },
            { name: 'vue', test: /node_modules[\\/](@vue|vue|vue-router|vue-i18n|@intlify)[\\/]/ },
          ],
        },
      },
    },
  },
  test: { environment: 'node', include: ['tests/**/*.test.ts'] },
})
