import { mkdirSync, mkdtempSync, rmdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { useTestDatabase } from '@countersign/testkit';
import { expect, it } from 'vitest';
import { loadConfig } from './config/index.ts';
import { startServer } from './start-server.ts';

it('leaves nothing running when a part cannot start, so that the next start has the data', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'countersign-start-'));
  const database = await useTestDatabase(folder);
  const environment = { COUNTERSIGN_LOG_LEVEL: 'silent', ...database.environment };
  const start = () =>
    startServer({
      config: loadConfig({ environment, flags: { server: { port: 0 }, data: { folder } } }),
      environment,
    });
  try {
    mkdirSync(join(folder, 'operator.token'));
    await expect(start()).rejects.toMatchObject({ code: expect.stringMatching(/^E/) });
    rmdirSync(join(folder, 'operator.token'));
    const server = await start();
    await server.stop();
  } finally {
    await database.giveBack();
    rmSync(folder, { recursive: true, force: true });
  }
});
