import {
  formatRecordProof,
  parseForkEvidence,
  verifyCheckpoint,
  verifyForkEvidence,
  verifyRecordProof,
} from '@countersign/ledger';
import { createManualClock } from '@countersign/testkit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { completeConfig, configSchema } from '../../config/index.ts';
import { createPlatform } from '../../platform/platform.ts';
import type { Store } from '../../plugins/database/database.ts';
import { firstNodeOf, firstSeqOf } from '../../plugins/database/ledger-streams.ts';
import {
  openPostgresTestStore,
  type PostgresTestStore,
} from '../../plugins/database/postgres/open-postgres-test-store.ts';
import { makeTestRecord } from '../../plugins/database/test-store.ts';
import { findCheckpointOver } from '../checkpoints/find-checkpoint.ts';
import { proveRecord } from '../prove-record.ts';
import { findRecords } from '../search-ledger.ts';
import { createStreamRound } from './cosign-streams.ts';
import { nameCosigner } from './name-cosigner.ts';

const server = process.env.TEST_POSTGRES_URL ?? '';
const shared = { isShared: true };
const clock = createManualClock(Date.now());
const config = completeConfig(configSchema.parse({}));
const platform = createPlatform(clock.now);
const stream = firstSeqOf(1);
let test: PostgresTestStore;
let stores: Store[] = [];
let added = 0;

beforeEach(async () => {
  test = await openPostgresTestStore(server, shared);
  stores = [await test.openAnother(shared), await test.openAnother(shared)];
});
afterEach(async () => {
  for (const store of stores) await store.close();
  await test.remove();
});

const contextOf = (store: Store) => ({ config, platform, store });
const all = () => [test.store, ...stores];

async function grow(store: Store, records: number): Promise<string[]> {
  const made = Array.from({ length: records }, () => makeTestRecord(++added));
  await store.append(made);
  await store.checkpoint();
  return made.map(({ id }) => id);
}

async function listRefusals(): Promise<readonly Record<string, unknown>[]> {
  const { items } = await findRecords(contextOf(test.store), { kind: 'ledger.stream_refused', limit: 50 });
  return items.map(({ body }) => ({ ...body }));
}

/** As whoever has the database but no key would: the second stream ends after so many records. */
async function rollBack(size: number): Promise<void> {
  const end = stream + size;
  for (const table of ['ledger_entries', 'ledger_payloads'])
    await test.changeBehindItsBack(`DELETE FROM ${table} WHERE seq >= ${end} AND seq < ${firstSeqOf(2)}`);
  for (const table of ['ledger_checkpoints', 'ledger_cosignatures'])
    await test.changeBehindItsBack(`DELETE FROM ${table} WHERE size > ${end} AND size < ${firstSeqOf(2)}`);
  for (let level = 4; level <= 32; level += 4)
    await test.changeBehindItsBack(
      `DELETE FROM ledger_nodes WHERE level = ${level} AND position >= ${firstNodeOf(1, level)} + ${Math.floor(size / 2 ** level)}
       AND position < ${firstNodeOf(2, level)}`,
    );
}

describe('the streams of gateways', () => {
  it('ledger.cross-signed: are cosigned by all other gateways, and the checkpoint that is published says so', async () => {
    const rounds = all().map((store) => createStreamRound(contextOf(store)));
    for (const store of all()) await grow(store, 20);
    for (const round of rounds) await round();
    for (const [number, store] of all().entries()) {
      const others = all()
        .filter((other) => other !== store)
        .map((other) => nameCosigner(other.ledger.vkey));
      // Whoever is asked.
      const { note, size, cosigned, cosignedByGateways } = await findCheckpointOver(
        contextOf(test.store),
        1,
        number,
      );
      expect({ size, cosigned, cosignedByGateways }).toEqual({
        size: 20,
        cosigned: 0,
        cosignedByGateways: 2,
      });
      const verdict = verifyCheckpoint(note, { vkey: store.ledger.vkey, witnesses: others });
      expect(verdict).toMatchObject({ finding: null, checkpoint: { size: 20 } });
    }
    // What grew meanwhile is cosigned on top, and one line of each gateway is kept for each stream.
    for (const store of all()) await grow(store, 7);
    for (const round of rounds) await round();
    for (const round of rounds) await round();
    const lines = await test.store.sql.selectFrom('ledger_cosignatures').select(['size', 'signer']).execute();
    expect(lines).toHaveLength(6);
    expect(lines.every(({ size }) => size % stream === 27)).toBe(true);
    expect(await listRefusals()).toEqual([]);
  });

  it('have proofs of their records that name their own key', async () => {
    const [id = ''] = await grow(stores[0] as Store, 3);
    const rounds = all().map((store) => createStreamRound(contextOf(store)));
    for (const round of rounds) await round();
    const proof = await proveRecord(contextOf(test.store), id);
    expect(proof).toMatchObject({ vkey: stores[0]?.ledger.vkey, size: 3 });
    const text = formatRecordProof(proof);
    const witnesses = [nameCosigner(test.store.ledger.vkey)];
    expect(verifyRecordProof(text, { vkey: proof.vkey, witnesses })).toMatchObject({ finding: null });
    expect(verifyRecordProof(text, { vkey: test.store.ledger.vkey })).toMatchObject({
      finding: 'unknown_key',
    });
  });

  it('ledger.cut-short-stream: one that is cut short while its gateway is away is found by the others', async () => {
    const [second] = stores;
    await grow(second as Store, 7);
    await grow(second as Store, 33);
    const rounds = [test.store, stores[1] as Store].map((store) => createStreamRound(contextOf(store)));
    for (const round of rounds) await round();
    await second?.close();
    stores = stores.slice(1);
    await rollBack(7);
    for (const round of rounds) await round();
    for (const round of rounds) await round();
    await rollBack(0);
    for (const round of rounds) await round();
    const reasons = (await listRefusals()).map(({ reason, seen, stream: name }) => [name, reason, seen]);
    expect(reasons.sort()).toEqual([
      ['main-1', 'ahead', 40],
      ['main-1', 'ahead', 40],
    ]);
  });

  it('ledger.rewritten-stream: one that is rewritten behind the gateways’ backs is found, with evidence that its key signed two histories', async () => {
    const [second, third] = stores as [Store, Store];
    await grow(second, 40);
    const round = createStreamRound(contextOf(test.store));
    await round();
    await second.close();
    await rollBack(0);
    // The next gateway takes the stream as it finds it, and signs another history.
    const next = await test.openAnother(shared);
    stores = [next, third];
    expect(next.seat.stream).toBe(1);
    await grow(next, 60);
    await round();
    await round();
    const [refusal, ...more] = await listRefusals();
    expect(more).toEqual([]);
    expect(refusal).toMatchObject({ stream: 'main-1', reason: 'forked', seen: 40, size: 60 });
    const evidence = parseForkEvidence(String(refusal?.evidence));
    expect(evidence && verifyForkEvidence(evidence, next.ledger.vkey)).toBe(true);
    const { cosignedByGateways } = await findCheckpointOver(contextOf(test.store), 41, 1);
    expect(cosignedByGateways).toBe(0);
    // Whoever saw nothing of the first history cosigns the second; only those that were there can tell.
    await createStreamRound(contextOf(third))();
    expect((await findCheckpointOver(contextOf(test.store), 41, 1)).cosignedByGateways).toBe(1);
  });

  it('one whose newest checkpoint nobody signed, or whose tree is another, is not cosigned', async () => {
    const [second] = stores as [Store, Store];
    const round = createStreamRound(contextOf(test.store));
    await grow(second, 40);
    await round();
    await grow(second, 40);
    await test.changeBehindItsBack(
      `UPDATE ledger_nodes SET hash = decode(repeat('ab', 32), 'hex') WHERE level = 4 AND position = ${firstNodeOf(1, 4)}`,
    );
    await round();
    await test.changeBehindItsBack(
      `UPDATE ledger_checkpoints SET note = replace(note, '${second.ledger.origin}', 'another/log') WHERE size = ${stream + 80}`,
    );
    await round();
    const refused = (await listRefusals()).map(({ reason }) => reason);
    expect([...refused].sort()).toEqual(['inconsistent', 'not_signed']);
  });

  it('are known after a start by what the gateway has cosigned itself, unless that was changed', async () => {
    const [second] = stores as [Store, Store];
    await grow(second, 10);
    await createStreamRound(contextOf(test.store))();
    await grow(second, 10);
    await createStreamRound(contextOf(test.store))();
    expect(await listRefusals()).toEqual([]);
    expect((await findCheckpointOver(contextOf(test.store), 20, 1)).cosignedByGateways).toBe(1);
    await test.changeBehindItsBack(
      `DELETE FROM ledger_checkpoints WHERE size > ${stream + 10} AND size < ${firstSeqOf(2)}`,
    );
    await createStreamRound(contextOf(test.store))();
    expect(await listRefusals()).toMatchObject([{ stream: 'main-1', reason: 'changed', seen: 20 }]);
  });
});
