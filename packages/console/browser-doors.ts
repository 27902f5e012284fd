import { fileURLToPath } from 'node:url';
import type { Plugin } from 'rolldown';

const doors = ['sha256.ts', 'verify-signature.ts', 'receipt/public-key.ts', 'receipt/inflate-list.ts'];

/** In a browser the ledger's doors to hashing, signatures and compression lead to the browser's own. */
export function openBrowserDoors(): Plugin {
  const ways = new Map(
    doors.map((door) => [
      fileURLToPath(new URL(`../ledger/src/${door}`, import.meta.url)),
      fileURLToPath(new URL(`src/bundle/doors/${door.split('/').at(-1)}`, import.meta.url)),
    ]),
  );
  return {
    name: 'browser-doors',
    resolveId: {
      async handler(source, importer, options) {
        const found = await this.resolve(source, importer, { ...options, skipSelf: true });
        const way = found === null ? undefined : ways.get(found.id);
        return way === undefined ? found : { id: way };
      },
    },
  };
}
