import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SignJWT } from 'jose';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openTestStore, type TestStore } from '../../plugins/database/open-test-store.ts';
import { createTestHouse, personId, type TestHouse } from '../../tasks/create-test-house.ts';
import { openTestSignals, type TestSignals } from '../open-test-signals.ts';
import { createTransmitterPollers } from './poll-transmitters.ts';

const owner = personId('owner');
const issuer = 'https://idp.example';

interface Poll {
  readonly maxEvents: number;
  readonly ack: readonly string[];
  readonly setErrs: Readonly<Record<string, { err: string }>>;
}

let key: KeyObject;
let folder: string;
let server: Server;
let waiting: Map<string, string>;
let polls: Poll[];
let answer: () => string | undefined;
let stored: TestStore;
let house: TestHouse;
let signals: TestSignals;

beforeAll(() => {
  key = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
});

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'signals-'));
  waiting = new Map();
  polls = [];
  answer = () => undefined;
  server = createServer(async (request, response) => {
    if (request.url?.endsWith('?slow') === true) return;
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    if (request.headers.authorization !== 'Bearer poll-secret') return response.writeHead(401).end();
    const poll: Poll = JSON.parse(Buffer.concat(chunks).toString());
    polls.push(poll);
    for (const jti of [...poll.ack, ...Object.keys(poll.setErrs)]) waiting.delete(jti);
    const sets = Object.fromEntries([...waiting].slice(0, poll.maxEvents));
    return response.writeHead(200).end(answer() ?? JSON.stringify({ sets }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { n, e, kty } = key.export({ format: 'jwk' });
  await writeFile(join(folder, 'keys.json'), JSON.stringify({ keys: [{ n, e, kty }] }));
  await writeFile(join(folder, 'token'), 'poll-secret\n');
  const { port } = server.address() as AddressInfo;
  const files = { keysFile: join(folder, 'keys.json'), pollTokenFile: join(folder, 'token') };
  const pollUrl = `http://127.0.0.1:${port}/poll`;
  const shared = {
    name: 'idp',
    issuer,
    audience: 'https://house.example',
    emailDomains: [],
    allowPrivate: true,
  };
  stored = await openTestStore();
  house = await createTestHouse(stored.store);
  signals = await openTestSignals(house.context, {
    transmitters: [{ ...shared, ...files, pollUrl, pollSeconds: 15 }],
  });
});
afterEach(async () => {
  server.closeAllConnections();
  server.close();
  await stored.remove();
  await rm(folder, { recursive: true });
});

async function offer(jti: string, change: object = {}): Promise<void> {
  const claims = {
    ...{ iss: issuer, aud: 'https://house.example', jti, iat: house.now() / 1000 },
    sub_id: { format: 'opaque', id: owner },
    events: { 'https://schemas.openid.net/secevent/risc/event-type/credential-compromise': {} },
    ...change,
  };
  const set = new SignJWT(claims).setProtectedHeader({ alg: 'RS256', typ: 'secevent+jwt' }).sign(key);
  waiting.set(jti, await set);
}

function pollerOf({ context }: TestSignals, atMostMilliseconds?: number): () => Promise<number> {
  const [poll] = createTransmitterPollers(context, atMostMilliseconds);
  if (poll === undefined) throw new Error('it is configured');
  return poll;
}

describe('events that are fetched', () => {
  it('are acknowledged when they are kept, and refused with the reason', async () => {
    await offer('good');
    await offer('stolen', { aud: 'https://else.example' });
    const poll = pollerOf(signals);
    await poll();
    expect(signals.context.risk.of(owner)).toBe('high');
    expect(polls.map(({ ack, setErrs }) => [ack, setErrs])).toEqual([
      [[], {}],
      [['good'], { stolen: { err: 'invalid_audience' } }],
    ]);
    expect(await poll()).toBe(house.now() + 15_000);
    expect(polls).toHaveLength(3);
  });

  it('come in as many rounds as it takes, and what came before is taken again', async () => {
    for (let made = 0; made < 120; made += 1) await offer(`set-${made}`);
    const poll = pollerOf(signals);
    await poll();
    expect(polls.map(({ ack }) => ack.length)).toEqual([0, 50, 50, 20]);
    expect(house.ofKind('signal.received')).toHaveLength(120);
    await offer('set-7');
    house.advance(15_000);
    await poll();
    expect(polls.at(-1)?.ack).toEqual(['set-7']);
    expect(house.ofKind('signal.received')).toHaveLength(120);
  });

  it('come from one that is slow for as long as a poll may last, and from others meanwhile', async () => {
    const one = signals.context.transmitters.get('idp');
    if (one === undefined) throw new Error('it is configured');
    const slow = { ...one, config: { ...one.config, name: 'slow', pollUrl: `${one.config.pollUrl}?slow` } };
    const transmitters = new Map([
      ['slow', slow],
      ['idp', one],
    ]);
    await offer('good');
    const [pollSlow, pollOther] = createTransmitterPollers({ ...signals.context, transmitters }, 400);
    let isOver = false;
    const began = performance.now();
    const polling = pollSlow?.().finally(() => {
      isOver = true;
    });
    await pollOther?.();
    expect([signals.context.risk.of(owner), isOver]).toEqual(['high', false]);
    await polling;
    expect(performance.now() - began).toBeLessThan(5_000);
  });

  it.each([
    ['no JSON', 'nothing'],
    ['a list', '[]'],
    ['sets that are none', '{"sets":"x"}'],
    ['more than anybody needs', `{"sets":{"a":"${'x'.repeat(5_000_000)}"}}`],
  ])('are let be when the answer is %s', async (_what, text) => {
    answer = () => text;
    await pollerOf(signals)();
    expect(polls).toHaveLength(1);
    expect(house.ofKind('signal.received')).toEqual([]);
  });
});
