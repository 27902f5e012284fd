import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { createMemoryKeyring, drawRoots, openStore } from '@countersign/server/parts';

export type BenchStore = Awaited<ReturnType<typeof openStore>>;

export function openBenchStore(folder: string, url?: string): Promise<BenchStore> {
  const { privateKey } = generateKeyPairSync('ed25519');
  const der = new Uint8Array(privateKey.export({ format: 'der', type: 'pkcs8' }));
  return openStore(
    { data: { folder }, database: url === undefined ? {} : { url } },
    {
      loadLedgerKey: async () => ({ origin: 'bench.test', privateKey: der }),
      openKeyring: async () => createMemoryKeyring(drawRoots(randomBytes)),
    },
  );
}
