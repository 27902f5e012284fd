import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type GatewayProcess, startGateway, startGatewayProcess } from '@countersign/testkit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

describe('server.one-process', { timeout: 60_000 }, () => {
  let place: string;
  let running: GatewayProcess[] = [];
  beforeEach(() => {
    place = mkdtempSync(join(tmpdir(), 'countersign-one-'));
  });
  afterEach(async () => {
    for (const gateway of running.splice(0)) await gateway.kill();
    rmSync(place, { recursive: true });
  });

  it('refuses a folder that another process has, by whatever path, and leaves that one alone', async () => {
    const folder = join(place, 'data');
    const first = await startGatewayProcess({ folder });
    running = [first];
    const token = await first.operatorToken();
    symlinkSync(folder, join(place, 'another-name'));
    for (const path of [folder, join(place, 'another-name')]) {
      const second = startGateway({ folder: path });
      await expect(second).rejects.toMatchObject({ code: 'server.data_folder_in_use' });
    }
    expect(await first.operatorToken()).toBe(token);
    expect((await first.operator('GET', '/v1/agents')).status).toBe(200);
    const starts = await first.records({ kind: 'server.started' });
    expect(starts).toHaveLength(1);
  });

  it('lets exactly one of several that start at once on a new folder have it', async () => {
    const folder = join(place, 'data');
    const starts = await Promise.allSettled([1, 2, 3].map(() => startGatewayProcess({ folder })));
    running = starts.flatMap((start) => (start.status === 'fulfilled' ? [start.value] : []));
    expect(running).toHaveLength(1);
    expect((await running[0]?.operator('GET', '/v1/agents'))?.status).toBe(200);
  });

  it('gives the folder to the next one the moment the first is killed', async () => {
    const folder = join(place, 'data');
    const first = await startGatewayProcess({ folder });
    await first.kill();
    const second = await startGatewayProcess({ folder });
    running = [second];
    expect(await second.records({ kind: 'server.started' })).toHaveLength(2);
  });
});
