import { join } from 'node:path';
import type { Plugin } from 'rolldown';
import { repositoryRoot } from '../check/tree.ts';

const doors = ['sha256.ts', 'verify-signature.ts', 'receipt/public-key.ts', 'receipt/inflate-list.ts'];
const ledger = join(repositoryRoot, 'packages/ledger/src');
const browser = join(repositoryRoot, 'packages/console/src/bundle/doors');

/** In a browser the ledger's doors to hashing, signatures and compression lead to the browser's own. */
export function openBrowserDoors(): Plugin {
  const ways = new Map(
    doors.map((door) => [join(ledger, door), join(browser, door.split('/').at(-1) ?? door)]),
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
