import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { recordKinds, retentionClassOf } from '@countersign/api';
import { type FakeCollector, startFakeCollector, validateOcsf } from '@countersign/testkit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { makeBatch, makeSinkRecord, testLedgerSink } from '../ledger-sink.contract.ts';
import type { SinkRecord } from '../ledger-sink.ts';
import { createOcsfFileSink, createOcsfPostSink, type OcsfPostParts } from './create-ocsf-sink.ts';
import { writeEvent } from './write-event.ts';

const open = ({ url }: FakeCollector, over: Partial<OcsfPostParts> = {}) =>
  createOcsfPostSink({ name: 'siem', url, allowPrivate: true, format: 'json', version: '1.0.0', ...over });
const readEvents = ({ requests }: FakeCollector) =>
  requests.flatMap(({ body }) => JSON.parse(body.toString('utf8')));
const keep = (event: { metadata: { uid: string } }) => ({
  id: event.metadata.uid,
  text: JSON.stringify(event),
});
const write = (over: Partial<SinkRecord>) => writeEvent(makeSinkRecord(1, over), { version: '1.0.0' });

describe('the contract, by POST', () =>
  testLedgerSink(async () => {
    const collector = await startFakeCollector();
    return {
      // What a receiver says beyond its status is not read, so that part of it cannot lie.
      ...{ sink: open(collector), keeps: 'each-time', believes: ['endless', 'garbled'], ...collector },
      show: async () => readEvents(collector).map(keep).filter(onlyNewest()),
    };
  }));

/** Where an attempt was believed, the next one has the same ids. */
function onlyNewest() {
  const seen = new Set<string>();
  return ({ id }: { id: string }) => !seen.has(id) && seen.add(id) !== undefined;
}

describe('the contract, in files', () =>
  testLedgerSink(async () => {
    const folder = mkdtempSync(join(tmpdir(), 'ocsf-'));
    const rotation = { rotateBytes: 1_000_000, rotateMilliseconds: 3_600_000, gzip: false };
    const sink = createOcsfFileSink({ name: 'files', folder, version: '1.0.0', ...rotation });
    return {
      ...{ sink, keeps: 'each-once', believes: [] },
      show: async () =>
        readText(join(folder, 'records.jsonl'))
          .split('\n')
          .slice(0, -1)
          .map((line) => keep(JSON.parse(line))),
      close: async () => {
        await sink.close();
        rmSync(folder, { recursive: true });
      },
    };
  }));

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

describe('an event', () => {
  it.each(recordKinds)(
    'of %s is valid under the schema of OCSF 1.8.0, also with the least there can be',
    (kind) => {
      const { seq, id, at, causes } = makeSinkRecord(1);
      const least = { seq, id, kind, at, causes, class: retentionClassOf(kind), withheld: true } as const;
      const bodies = [
        {},
        { effect: 'deny', status: 'completed', to: 'suspended', by: 'per_b', httpStatus: 404 },
      ];
      const records: readonly SinkRecord[] = [
        { ...least, erased: true },
        ...bodies.map((body) => ({ ...least, erased: false, body })),
        ...bodies.map((body) => ({ ...makeSinkRecord(1, { kind, body, drill: 'drl_1', chain: ['dlg_a'] }) })),
        makeSinkRecord(1, { kind, body: { effects: ['read'], by: 'system:x' }, withheld: false }),
        makeSinkRecord(1, { kind, body: { effects: ['write'], to: 'active', by: 7 }, approval: 'apr_1' }),
      ];
      for (const record of records)
        expect(validateOcsf(writeEvent(record, { version: '1.0.0' }))).toEqual([]);
    },
  );

  it('names the human as its actor, and the agent apart', () => {
    const event = write({});
    expect(event).toMatchObject({
      ...{ class_uid: 6003, category_uid: 6, status_id: 1, severity_id: 1 },
      actor: { user: { uid: 'per_a', type_id: 1 } },
      metadata: { version: '1.8.0', uid: makeSinkRecord(1).id, sequence: 1, event_code: 'action.decision' },
      unmapped: { ai_agent: { uid: 'agt_a' }, countersign: { id: makeSinkRecord(1).id } },
    });
    expect(JSON.stringify((event as { actor: unknown }).actor)).not.toContain('agt_a');
  });

  it.each<[Partial<SinkRecord>, number, number]>([
    [{ kind: 'action.intent', body: { effects: ['read'] } }, 6003, 600_302],
    [{ kind: 'action.intent', body: { effects: ['read', 'spend'] } }, 6003, 600_303],
    [{ kind: 'action.release' }, 3003, 300_301],
    [{ kind: 'approval.granted' }, 3003, 300_301],
    [{ kind: 'person.signed_in' }, 3002, 300_201],
    [{ kind: 'token.issued' }, 3002, 300_203],
    [{ kind: 'person.left' }, 3001, 300_105],
    [{ kind: 'person.passkey_added' }, 3001, 300_110],
    [{ kind: 'agent.registered' }, 3004, 300_401],
    [{ kind: 'agent.state_changed', body: { to: 'suspended' } }, 3004, 300_412],
    [{ kind: 'secret.rotated' }, 3004, 300_403],
    [{ kind: 'signal.stopped' }, 2004, 200_401],
    [{ kind: 'upstream.tool_quarantined' }, 2004, 200_401],
  ])('of %j is of class %d and type %d', (over, uid, type) => {
    expect(write(over)).toMatchObject({ class_uid: uid, type_uid: type });
  });

  it('of a refusal is a failure, and of a drill never grave', () => {
    expect(write({ body: { effect: 'deny' } })).toMatchObject({ status_id: 2, severity_id: 3 });
    expect(write({ kind: 'approval.denied' })).toMatchObject({ status_id: 2 });
    expect(write({ kind: 'signal.stopped', drill: 'drl_1' })).toMatchObject({
      severity_id: 2,
      metadata: { labels: ['drill'] },
    });
  });
});

describe('events by POST', () => {
  let collector: FakeCollector;
  beforeEach(async () => {
    collector = await startFakeCollector();
  });
  afterEach(() => collector.close());

  it('are one a line where that is wanted, with the token in the header that is wanted', async () => {
    const sink = open(collector, { format: 'ndjson', readToken: async () => 'k', tokenHeader: 'x-api-key' });
    await sink.deliver(makeBatch(0, 2));
    const [request] = collector.requests;
    expect(request?.headers).toMatchObject({ 'content-type': 'application/x-ndjson', 'x-api-key': 'k' });
    expect(
      request?.body
        .toString('utf8')
        .split('\n')
        .slice(0, -1)
        .map((line) => JSON.parse(line).time),
    ).toHaveLength(2);
  });

  it('go to no private address unless that was said, whatever a name turns into', async () => {
    expect(() => open(collector, { allowPrivate: false })).toThrow(
      expect.objectContaining({ code: 'upstream.address_refused' }),
    );
    const sink = open(collector, {
      ...{ url: 'https://siem.example.com/', allowPrivate: false },
      lookup: (_host, _options, done) => done(null, [{ address: '169.254.169.254', family: 4 }]),
    });
    expect(await sink.deliver(makeBatch(0, 1))).toEqual({
      outcome: 'failed',
      why: 'upstream.address_refused',
    });
  });
});
