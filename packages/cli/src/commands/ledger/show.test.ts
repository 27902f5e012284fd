import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { commitPayload, encodeBase64url, encodeEntry, parseEntry } from '@countersign/ledger';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { exitCodes } from '../../exit-codes.ts';
import { runCli } from '../../run-cli.ts';

const salt = randomBytes(16);
const payload = JSON.stringify({ agent: 'agt_a', body: { text: 'what was said' } });
const entry = parseEntry({
  ...{ v: 1, stream: 'main', id: 'rec_a', kind: 'action.intent', at: 1_790_000_000_000, seq: 0 },
  ...{ causes: [], commitment: commitPayload(salt, payload) },
});

let server: Server;
let folder = '';
let opening: unknown;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'show-'));
  writeFileSync(join(folder, 'operator.token'), 'token');
  server = createServer((_request, response) => {
    const text = Buffer.from(entry === undefined ? '' : encodeEntry(entry)).toString();
    const record = { id: 'rec_a', erased: true };
    response.setHeader('content-type', 'application/json');
    response.end(
      JSON.stringify({ record, entry: text, opening, proof: { checkpoint: '', path: [] }, vkey: 'x' }),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  rmSync(folder, { recursive: true });
});

async function show(...options: readonly string[]) {
  const [stdin, stdout, stderr] = [new PassThrough(), new PassThrough(), new PassThrough()];
  const environment = {
    COUNTERSIGN_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    COUNTERSIGN_DATA: folder,
  };
  const signal = AbortSignal.timeout(10_000);
  const words = ['ledger', 'show', 'rec_a', ...options];
  const exitCode = await runCli(words, { streams: { stdin, stdout, stderr }, environment, signal });
  return { exitCode, out: String(stdout.read() ?? ''), err: String(stderr.read() ?? '') };
}

it('says that a payload is damaged that is not what the entry commits to, and shows nothing of it', async () => {
  opening = { payload: '{"body":{"text":"another"},"damaged":true}', salt: encodeBase64url(salt) };
  const { exitCode, out } = await show();
  expect(out).toMatch(/BODY\s+damaged/);
  expect(out).not.toContain('another');
  expect(exitCode).toBe(exitCodes.verificationFailed);
  const { record } = JSON.parse((await show('--json')).out);
  expect(record).toMatchObject({ id: 'rec_a', erased: false, damaged: true });
  expect(record.body).toBeUndefined();
});

it('tells it from one that was erased, and from one that opens', async () => {
  opening = null;
  expect((await show()).out).toMatch(/BODY\s+erased/);
  opening = { payload, salt: encodeBase64url(salt) };
  expect((await show()).out).toContain('what was said');
});
