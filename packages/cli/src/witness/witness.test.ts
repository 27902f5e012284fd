import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  formatAddCheckpoint,
  longestSubmission,
  parseForkEvidence,
  parseWitnessKey,
  proveConsistency,
  verifyCheckpoint,
  verifyForkEvidence,
} from '@countersign/ledger';
import { growTestLog, type TestLog } from '@countersign/testkit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { answerSubmission, type SubmissionAnswer } from './answer-submission.ts';
import { serveWitness, type WitnessServer } from './serve-witness.ts';
import { generateWitnessKey, readWitnessKey } from './witness-key-file.ts';
import { openWitnessState, type WitnessState } from './witness-state.ts';

const log = growTestLog(200);
const origin = log.signer.key.name;
const logs = new Map([[origin, log.signer.key]]);
const { secret, vkey } = generateWitnessKey('witness.test/one');
let folder: string;
let state: WitnessState;
let server: WitnessServer;
let now = 1_790_000_000_000;
let answers: SubmissionAnswer[] = [];

const at = (name: string) => join(folder, name);
const makeParts = (kept = state) => ({
  signer: readWitnessKey(at('key')),
  logs,
  state: kept,
  now: () => now,
});

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'countersign-witness-'));
  writeFileSync(at('key'), secret, { mode: 0o600 });
  state = openWitnessState(at('state.db'));
  answers = [];
  const onAnswer = (answer: SubmissionAnswer) => answers.push(answer);
  server = await serveWitness({ ...makeParts(), host: '127.0.0.1', port: 0, onAnswer });
});
afterEach(async () => {
  await server.close();
  state.close();
  rmSync(folder, { recursive: true });
});

const write = async (old: number, size: number, of: TestLog = log) =>
  formatAddCheckpoint({
    ...{ oldSize: old, note: await of.sign(size) },
    proof: old > size ? [] : await proveConsistency(old, size, of.hashAt),
  });

async function post(body: string) {
  const response = await fetch(`${server.url}/add-checkpoint`, { method: 'POST', body });
  return { status: response.status, type: response.headers.get('content-type'), text: await response.text() };
}

const hash = createHash('sha256').update(origin).digest('hex');
const readNewest = async () => fetch(`${server.url}/${hash}/checkpoint`);

describe('a witness', () => {
  it('cosigns what only grew, and shows the newest it has cosigned', async () => {
    expect((await readNewest()).status).toBe(404);
    for (const [old, size] of [
      [0, 5],
      [5, 5],
      [5, 120],
    ] as const) {
      const note = await log.sign(size);
      const { status, text } = await post(await write(old, size));
      expect(status).toBe(200);
      const verdict = verifyCheckpoint(`${note}${text}`, { vkey: log.vkey, witnesses: [vkey] });
      expect(verdict).toMatchObject({ finding: null, cosigned: [{ at: now / 1000 }] });
      const kept = await (await readNewest()).text();
      expect(verifyCheckpoint(kept, { vkey: log.vkey, witnesses: [vkey] })).toMatchObject({
        ...{ finding: null, checkpoint: { size } },
      });
    }
    expect(answers.map(({ outcome, size }) => [outcome, size])).toEqual([
      ['cosigned', 5],
      ['cosigned', 5],
      ['cosigned', 120],
    ]);
  });

  it('says where it stands, and why not', async () => {
    await post(await write(0, 50));
    expect(await post(await write(10, 60))).toEqual({ status: 409, type: 'text/x.tlog.size', text: '50\n' });
    const other = growTestLog(5);
    const forked = growTestLog(200, log.signer, 'b');
    const statuses = [
      await post('nothing'),
      await post(
        await write(0, 5, growTestLog(5, { ...other.signer, key: { ...other.signer.key, name: 'x' } })),
      ),
      await post(await write(0, 5, other)),
      await post(await write(50, 60, forked)),
    ].map(({ status }) => status);
    expect(statuses).toEqual([400, 404, 403, 422]);
  });

  it('keeps the evidence of two trees of one size', async () => {
    await post(await write(0, 50));
    const forked = growTestLog(200, log.signer, 'b');
    expect((await post(await write(50, 50, forked))).status).toBe(422);
    const evidence = parseForkEvidence(answers.at(-1)?.evidence ?? '');
    expect(evidence && verifyForkEvidence(evidence, log.vkey)).toBe(true);
    expect(await (await readNewest()).text()).toContain(await log.sign(50));
  });

  it('does not forget when it is started again, and never goes back in time', async () => {
    await post(await write(0, 50));
    now -= 3_600_000;
    const again = openWitnessState(at('state.db'));
    const parts = makeParts(again);
    expect(answerSubmission(parts, await write(0, 20))).toMatchObject({ status: 409, body: '50\n' });
    const { body } = answerSubmission(parts, await write(50, 60));
    const { cosigned } = verifyCheckpoint(`${await log.sign(60)}${body}`, {
      vkey: log.vkey,
      witnesses: [vkey],
    });
    now += 3_600_000;
    expect(cosigned).toEqual([{ name: 'witness.test/one', at: now / 1000 }]);
    again.close();
  });

  it('cosigns one history, however many ask at once, here and in another process', async () => {
    await post(await write(0, 50));
    const other = openWitnessState(at('state.db'));
    const bodies = await Promise.all(Array.from({ length: 20 }, (_, number) => write(50, 60 + number)));
    const beside = answerSubmission(makeParts(other), await write(50, 55));
    const statuses = (await Promise.all(bodies.map(post))).map(({ status }) => status);
    other.close();
    expect(beside.status).toBe(200);
    expect(statuses).toEqual(statuses.map(() => 409));
    const raced = (
      await Promise.all(
        await Promise.all(bodies.map((_, number) => write(55, 60 + number))).then((all) => all.map(post)),
      )
    ).map(({ status }) => status);
    expect(raced.filter((status) => status === 200)).toHaveLength(1);
    expect(state.find(origin)?.size).toBe(60 + raced.indexOf(200));
  });

  it('cosigns nothing that it cannot keep', async () => {
    const broken: WitnessState = {
      ...state,
      advance: () => {
        throw new Error('the disk is full');
      },
    };
    const failing = await serveWitness({
      ...makeParts(broken),
      host: '127.0.0.1',
      port: 0,
      onAnswer: () => {},
    });
    const response = await fetch(`${failing.url}/add-checkpoint`, {
      method: 'POST',
      body: await write(0, 5),
    });
    await failing.close();
    expect([response.status, await response.text()]).toEqual([500, 'not kept\n']);
    expect(state.find(origin)).toBeUndefined();
    expect(() =>
      state.advance(origin, () => {
        throw new Error('in between');
      }),
    ).toThrow('in between');
    expect(answerSubmission(makeParts(), await write(0, 5)).status).toBe(200);
  });

  it('has nothing else, and reads no more than it has to', async () => {
    const ask = async (path: string, init?: RequestInit) =>
      (await fetch(`${server.url}${path}`, init)).status;
    expect(await ask('/')).toBe(404);
    expect(await ask('/add-checkpoint')).toBe(405);
    expect(await ask('/sign-subtree', { method: 'POST', body: 'x' })).toBe(404);
    expect(await ask(`/${'0'.repeat(64)}/checkpoint`)).toBe(404);
    await post(await write(0, 5));
    expect(await ask(`/${hash}/checkpoint`, { method: 'DELETE' })).toBe(405);
    expect(await ask(`/${hash}/checkpoint`, { method: 'HEAD' })).toBe(200);
    expect((await post('x'.repeat(longestSubmission + 1))).status).toBe(413);
    expect((await post('old 5\n\n\u0000')).status).toBe(400);
    // A caller that goes away in the middle takes nothing with it.
    const { hostname, port } = new URL(server.url);
    const socket = connect(Number(port), hostname);
    socket.write('POST /add-checkpoint HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n\r\nold 5');
    socket.destroy();
    expect((await post(await write(5, 6))).status).toBe(200);
  });
});

describe('the key of a witness', () => {
  it('stands in a file of its own, and is read as it was made', () => {
    const { key } = readWitnessKey(at('key'));
    expect(parseWitnessKey(vkey)).toEqual(key);
    expect(readFileSync(at('key'), 'utf8')).toMatch(/^PRIVATE\+KEY\+witness\.test\/one\+[0-9a-f]{8}\+/);
    expect(statSync(at('key')).mode & 0o077).toBe(0);
  });

  it.each([
    ['nothing', ''],
    ['another format', 'key'],
    ['another type', secret.replace(/\+B/, '+A')],
    ['another id', secret.replace(/\+[0-9a-f]{8}\+/, '+00000000+')],
    ['half a key', secret.slice(0, -10)],
  ])('is refused: %s', (_what, text) => {
    writeFileSync(at('bad'), text);
    expect(() => readWitnessKey(at('bad'))).toThrow(/holds/);
  });

  it('has a name that a note can carry', () => {
    for (const name of ['', 'two words', 'a+b']) expect(() => generateWitnessKey(name)).toThrow(/no name/);
  });
});
