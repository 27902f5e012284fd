import {
  cosignText,
  encodeBase64,
  formatVerifierKey,
  formatWitnessKey,
  parseForkEvidence,
  parseVerifierKey,
  verifyCheckpoint,
  verifyForkEvidence,
} from '@countersign/ledger';
import {
  createManualClock,
  growTestLog,
  makeTestSigner,
  makeTestWitness,
  startTestWitness,
  type TestWitness,
} from '@countersign/testkit';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { completeConfig, configSchema } from '../../config/index.ts';
import type { Context } from '../../context.ts';
import type { Actor } from '../../people/index.ts';
import { createPlatform } from '../../platform/platform.ts';
import { makeTestRecord, openTestStore, type TestStore } from '../../plugins/database/open-test-store.ts';
import { findCheckpointOver, findPublished } from '../checkpoints/find-checkpoint.ts';
import { findRecords } from '../search-ledger.ts';
import { createRound } from './cosign-checkpoints.ts';
import { createWitnesses } from './create-witnesses.ts';
import { listWitnesses } from './list-witnesses.ts';

const operator: Actor = { kind: 'operator' };
const clock = createManualClock(Date.now());
let test: TestStore;
let witnesses: TestWitness[] = [];
let closes: (() => Promise<void>)[] = [];
let added = 0;

beforeEach(async () => {
  test = await openTestStore();
  witnesses = [];
  closes = [];
});
afterEach(async () => {
  for (const close of [...closes, ...witnesses.map((witness) => witness.close)]) await close();
  await test.remove();
});

/** A house with so many witnesses, and how one round of it goes. */
async function open(count: number, witnessQuorum?: number) {
  for (let number = 0; number < count; number += 1)
    witnesses.push(
      await startTestWitness(test.store.ledger.vkey, { name: `witness.test/${number}`, now: clock.now }),
    );
  const config = completeConfig(
    configSchema.parse({
      ledger: {
        witnesses: witnesses.map(({ url, signer }) => ({
          ...{ url, vkey: formatWitnessKey(signer.key), allowPrivate: true },
        })),
        ...(witnessQuorum === undefined ? {} : { witnessQuorum }),
      },
    }),
  );
  const platform = createPlatform(clock.now);
  const context = { config, platform, store: test.store, log: pino({ level: 'silent' }) };
  const made = createWitnesses(config);
  closes.push(async () => void (await Promise.all(made.map(({ fetch }) => fetch.close()))));
  const round = createRound(context, made);
  return {
    context,
    /** One more record, signed, and put before the witnesses. */
    async grow(pauseSeconds = 600) {
      await test.store.append([makeTestRecord(++added)]);
      await test.store.checkpoint();
      clock.advance(pauseSeconds * 1000);
      await round();
    },
    round,
    published: () => findPublished(context),
    states: async () =>
      (await listWitnesses(context, operator)).items.map(({ state, reason }) => reason ?? state),
    records: () => readRecords(context),
  };
}

async function readRecords(context: Pick<Context, 'platform' | 'store'>) {
  const kinds = ['ledger.cosigned', 'ledger.witness_refused'] as const;
  const pages = await Promise.all(kinds.map((kind) => findRecords(context, { kind, limit: 50 })));
  const found = pages.flatMap(({ items }) => items).sort((one, other) => one.seq - other.seq);
  return found.map(({ kind, body }) => ({ kind, ...body }));
}

const now = () => Math.floor(clock.now() / 1000);

describe('witnesses', () => {
  it('cosign what is published, as further lines of the note', async () => {
    const house = await open(3, 2);
    await house.grow();
    await house.grow();
    const { note, cosigned, size } = await house.published();
    const keys = witnesses.map(({ signer }) => formatWitnessKey(signer.key));
    const verdict = verifyCheckpoint(note, { vkey: test.store.ledger.vkey, witnesses: keys });
    expect(verdict).toMatchObject({ finding: null, checkpoint: { size } });
    expect(cosigned).toBe(3);
    expect(await house.states()).toEqual(['cosigning', 'cosigning', 'cosigning']);
    expect(await house.records()).toEqual([
      { kind: 'ledger.cosigned', state: 'reached', size: 1, cosigned: 3, quorum: 2 },
    ]);
    const over = await findCheckpointOver(house.context, 1);
    expect(over).toEqual(await house.published());
    // Beyond what witnesses have seen, the newest signed one is all there is.
    await test.store.append([makeTestRecord(++added)]);
    const unseen = await findCheckpointOver(house.context, size + 1);
    expect([unseen.size > size, unseen.cosigned]).toEqual([true, 0]);
    const asked = witnesses.map(({ heard }) => heard);
    await house.round();
    await house.round();
    expect(witnesses.map(({ heard }) => heard)).toEqual(asked.map((heard) => heard + 1));
  });

  it('that are away stop nothing, are asked less and less, and catch up', async () => {
    const house = await open(2, 2);
    await house.grow();
    const [, second] = witnesses;
    if (second === undefined) throw new Error('no witness');
    second.mischief = () => ({ status: 503, body: 'busy' });
    for (let round = 0; round < 4; round += 1) await house.grow();
    const away = await house.published();
    expect(away).toMatchObject({ cosigned: 1 });
    expect(await house.states()).toEqual(['cosigning', 'status 503']);
    // The newest that enough have seen is an older one.
    expect((await findCheckpointOver(house.context, 1)).size).toBe(1);
    const { heard } = second;
    await house.grow(1);
    expect(second.heard).toBe(heard);
    second.mischief = undefined;
    await house.grow();
    expect(await house.published()).toMatchObject({ cosigned: 2 });
    expect((await house.records()).map(({ kind, state }: Record<string, unknown>) => [kind, state])).toEqual([
      ['ledger.cosigned', 'reached'],
      ['ledger.cosigned', 'lost'],
      ['ledger.cosigned', 'reached'],
    ]);
  });

  it('that come back while nothing happens cosign the checkpoint they missed', async () => {
    const house = await open(1);
    const [only] = witnesses;
    if (only === undefined) throw new Error('no witness');
    only.mischief = () => ({ status: 500, body: '' });
    await house.grow();
    expect(await house.published()).toMatchObject({ size: 1, cosigned: 0 });
    only.mischief = undefined;
    clock.advance(600_000);
    await house.round();
    expect((await findCheckpointOver(house.context, 1)).cosigned).toBe(1);
  });

  it.each<[string, TestWitness['mischief'], string]>([
    ['does not answer in time', undefined, 'upstream.credential_unavailable'],
    [
      'sends elsewhere',
      () => ({ status: 302, body: '', headers: { location: 'http://127.0.0.1:1/' } }),
      'upstream.redirect_refused',
    ],
    ['says too much', () => ({ status: 200, body: 'x'.repeat(300_000) }), 'upstream.credential_unavailable'],
    ['says much', () => ({ status: 200, body: 'x'.repeat(100_000) }), 'the answer is too long'],
    ['is broken', () => ({ status: 500, body: '' }), 'status 500'],
    ['has a size that is none', () => ({ status: 409, body: '1e3\n' }), 'status 409'],
    ['never knows where it stands', () => ({ status: 409, body: '0\n' }), 'status 409'],
    ['does not know the log', () => ({ status: 404, body: '' }), 'not_trusted'],
    ['does not know the key', () => ({ status: 403, body: '' }), 'not_trusted'],
    ['says that the log was rewritten, and shows nothing', () => ({ status: 422, body: '' }), 'inconsistent'],
    ['claims to have seen more', () => ({ status: 409, body: '999\n' }), 'ahead'],
    ['signs with another key', ({ body }) => sign(makeTestWitness('witness.test/0'), body), 'wrong_key'],
    ['signs nothing', () => ({ status: 200, body: '' }), 'wrong_key'],
    ['answers something else', () => ({ status: 200, body: '<html>' }), 'bad_cosignature'],
    [
      'cosigns another tree',
      ({ body }) =>
        sign(own(), body.replace(/\n[A-Za-z0-9+/]{43}=\n\n/, `\n${encodeBase64(new Uint8Array(32))}\n\n`)),
      'bad_cosignature',
    ],
    [
      'cosigns the signatures with the text',
      ({ body }) => ({ status: 200, body: `\n${cosignText(noteOf(body), own(), now())}` }),
      'bad_cosignature',
    ],
    [
      'cosigns more than there is',
      ({ body }) => ({
        status: 200,
        body: `more\n\n${cosignText(`${noteOf(body)}more\n`, own(), now())}`,
      }),
      'bad_cosignature',
    ],
    ['lives in the past', ({ body }) => sign(own(), body, now() - 400), 'bad_time'],
    ['lives in the future', ({ body }) => sign(own(), body, now() + 400), 'bad_time'],
  ])('one that %s is found out', async (name, mischief, reason) => {
    const house = await open(1);
    const [only] = witnesses;
    if (only === undefined) throw new Error('no witness');
    only.mischief = mischief;
    if (name === 'does not answer in time') await only.close();
    await house.grow();
    expect(await house.states()).toEqual([reason]);
    expect(await house.published()).toMatchObject({ size: 1, cosigned: 0 });
    await house.grow();
    const isHeldAgainstIt = /^[a-z_]+$/.test(reason);
    expect(await house.records()).toEqual(
      isHeldAgainstIt ? [expect.objectContaining({ kind: 'ledger.witness_refused', reason })] : [],
    );
    if (name === 'does not answer in time') witnesses = [];
  });

  it('whose time goes back repeats an old answer', async () => {
    const house = await open(1);
    const [only] = witnesses;
    if (only === undefined) throw new Error('no witness');
    only.mischief = ({ body }) => sign(own(), body, now());
    await house.grow();
    only.mischief = ({ body }) => sign(own(), body, now() - 200);
    await house.grow(100);
    expect(await house.states()).toEqual(['bad_time']);
  });

  it('shows that the key signed another history', async () => {
    const house = await open(1);
    const [only] = witnesses;
    const key = parseVerifierKey(test.store.ledger.vkey);
    if (only === undefined || key === undefined) throw new Error('no witness');
    // The house's key, in other hands.
    const { privateKey } = test.key;
    const { createNoteSigner } = await import('../../plugins/database/checkpoint-writer.ts');
    const fork = growTestLog(1, createNoteSigner({ origin: key.name, privateKey }));
    expect(fork.vkey).toBe(formatVerifierKey(key));
    const theirs = await fork.sign(1);
    const { checkpoint } = verifyCheckpoint(theirs, { vkey: fork.vkey });
    if (checkpoint === null) throw new Error('no checkpoint');
    only.last = { ...checkpoint, note: theirs };
    await house.grow();
    expect(await house.states()).toEqual(['forked']);
    const [record] = (await house.records()) as { evidence?: string }[];
    const evidence = parseForkEvidence(record?.evidence ?? '');
    expect(evidence && verifyForkEvidence(evidence, fork.vkey)).toBe(true);
  });

  it('cannot accuse the log with what another key signed, or with the truth', async () => {
    const house = await open(1);
    const [only] = witnesses;
    if (only === undefined) throw new Error('no witness');
    const foreign = await growTestLog(1, makeTestSigner(test.store.ledger.origin)).sign(1);
    only.mischief = ({ path }) =>
      path === '/add-checkpoint' ? { status: 422, body: '' } : { status: 200, body: foreign };
    await house.grow();
    expect(await house.states()).toEqual(['inconsistent']);
    const { note } = await test.store.checkpoint();
    only.mischief = ({ path }) =>
      path === '/add-checkpoint' ? { status: 422, body: '' } : { status: 200, body: note };
    await house.grow();
    expect(await house.states()).toEqual(['inconsistent']);
  });

  it('that changes its mind is recorded once a day for each reason, without what it adds', async () => {
    const house = await open(1);
    const [only] = witnesses;
    if (only === undefined) throw new Error('no witness');
    await house.grow();
    const { note } = only.last ?? { note: '' };
    const padding = cosignText('padding\n', makeTestWitness('padding.test'), now());
    const refuse: TestWitness['mischief'] = ({ path }) =>
      path === '/add-checkpoint' ? { status: 422, body: '' } : { status: 200, body: note + padding };
    for (let round = 0; round < 3; round += 1) {
      only.mischief = refuse;
      await house.grow();
      only.mischief = () => ({ status: 403, body: '' });
      await house.grow();
    }
    const refusals = (await house.records()).filter(({ kind }) => kind === 'ledger.witness_refused');
    expect(refusals.map((body: Record<string, unknown>) => body.reason)).toEqual([
      'inconsistent',
      'not_trusted',
    ]);
    expect(JSON.stringify(refusals)).not.toContain('padding');
    only.mischief = refuse;
    await house.grow(86_400);
    expect((await house.records()).filter(({ kind }) => kind === 'ledger.witness_refused')).toHaveLength(3);
  });

  it('are none by default: then the newest checkpoint is published at once', async () => {
    const house = await open(0);
    await house.grow();
    expect(await house.published()).toMatchObject({ size: 1, cosigned: 0 });
    expect(await house.records()).toEqual([]);
    expect(await listWitnesses(house.context, operator)).toMatchObject({ quorum: 0, items: [] });
    const agent: Actor = { kind: 'agent', agent: 'agt_a', key: 'k' };
    await expect(listWitnesses(house.context, agent)).rejects.toMatchObject({ code: 'person.forbidden' });
  });
});

function own() {
  const [only] = witnesses;
  if (only === undefined) throw new Error('no witness');
  return only.signer;
}

function noteOf(body: string): string {
  return body.slice(body.indexOf('\n\n') + 2);
}

/** A cosignature over the checkpoint of a submission. */
function sign(signer: TestWitness['signer'], body: string, at = now()) {
  const note = noteOf(body);
  return { status: 200, body: cosignText(note.slice(0, note.indexOf('\n\n') + 1), signer, at) };
}
