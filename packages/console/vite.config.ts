import react from '@vitejs/plugin-react';
import { defaultClientConditions, defineConfig } from 'vite';
import { writeViewer } from './build-viewer.ts';

/** Where `npm run dev` finds a running server; the build needs none. */
const server = process.env.COUNTERSIGN_URL ?? 'http://localhost:7420';

export default defineConfig({
  plugins: [react(), writeViewer()],
  resolve: { conditions: ['countersign-source', ...defaultClientConditions] },
  build: {
    // The policy of the page allows no inline data but images.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    license: { fileName: 'licenses.md' },
    target: 'es2024',
  },
  server: {
    host: 'localhost',
    proxy: Object.fromEntries(
      ['/v1', '/version', '/sign-in', '/join', '/pages'].map((path) => [path, server]),
    ),
  },
});
