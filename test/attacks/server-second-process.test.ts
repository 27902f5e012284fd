import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startGateway, startNaiveGateway } from '@countersign/testkit';
import { describe, expect, it } from 'vitest';

describe('server.second-process', () => {
  it('shares the audit file with a naive gateway that is running already', async () => {
    const config = { upstreams: {}, allow: {}, auditFile: '/dev/null' };
    const [first, second] = [await startNaiveGateway(config), await startNaiveGateway(config)];
    expect(first.url).not.toBe(second.url);
    await first.close();
    await second.close();
  });

  it('refuses to start here, and leaves the running one alone', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'countersign-second-'));
    const gateway = await startGateway({ folder });
    try {
      const second = startGateway({ folder });
      await expect(second).rejects.toMatchObject({ code: 'server.data_folder_in_use' });
      expect((await gateway.operator('GET', '/v1/agents')).status).toBe(200);
    } finally {
      await gateway.stop();
    }
    const after = await startGateway({ folder });
    await after.stop();
    rmSync(folder, { recursive: true });
  });
});
