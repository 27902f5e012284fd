import { type FakeCollector, readOtlpLogs, startFakeCollector } from '@countersign/testkit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { makeBatch, makeSinkRecord, testLedgerSink } from '../ledger-sink.contract.ts';
import { createOtlpSink, type OtlpParts } from './create-otlp-sink.ts';

const open = ({ url }: FakeCollector, over: Partial<OtlpParts> = {}) =>
  createOtlpSink({ name: 'otlp', url, allowPrivate: true, source: 'https://gate.example.com', ...over });
const read = async ({ requests }: FakeCollector) =>
  (await Promise.all(requests.map(({ body }) => readOtlpLogs(body.toString('utf8'))))).flat();

describe('the contract', () =>
  testLedgerSink(async () => {
    const collector = await startFakeCollector('/v1/logs');
    return {
      ...{ sink: open(collector), keeps: 'each-time', believes: [], ...collector },
      show: async () =>
        (await read(collector)).map((log) => ({
          id: String(log.attributes['log.record.uid']),
          text: JSON.stringify(log),
        })),
    };
  }));

describe('logs over OTLP', () => {
  let collector: FakeCollector;
  beforeEach(async () => {
    collector = await startFakeCollector('/v1/logs');
  });
  afterEach(() => collector.close());

  it('are what the protocol says, field by field', async () => {
    const trace = '0af7651916cd43dd8448eb211c80319c';
    const body = { effect: 'deny', count: 3, share: 0.5, none: null, list: ['a', { b: true }] };
    await open(collector).deliver(makeBatch(4, 1, { records: [makeSinkRecord(4, { trace, body })] }));
    const [log] = await read(collector);
    expect(log).toMatchObject({
      ...{ eventName: 'countersign.action.decision', severityNumber: 13, trace },
      timeMilliseconds: 1_790_000_000_004,
      attributes: { 'countersign.agent': 'agt_a', 'countersign.seq': 4, 'countersign.erased': false },
      body: { effect: 'deny', count: 3, share: 0.5, list: ['a', { b: true }] },
    });
  });

  it('are sent with the token as it is now', async () => {
    let token = 'first';
    const sink = open(collector, { readToken: async () => token });
    await sink.deliver(makeBatch(0, 1));
    token = 'second';
    await sink.deliver(makeBatch(1, 1));
    expect(collector.requests.map(({ headers }) => headers.authorization)).toEqual([
      'Bearer first',
      'Bearer second',
    ]);
  });

  it('of which a part was rejected are refused, so that the part is found', async () => {
    collector.setAnswer(() => ({
      status: 200,
      body: { partialSuccess: { rejectedLogRecords: '1', errorMessage: 'theirs' } },
    }));
    expect(await open(collector).deliver(makeBatch(0, 3))).toEqual({
      outcome: 'refused',
      why: 'the collector took only a part',
    });
  });

  it.each([
    [400, 'refused'],
    [413, 'refused'],
    [401, 'failed'],
    [404, 'failed'],
    [503, 'failed'],
  ])('answered with %d are %s', async (status, outcome) => {
    collector.setAnswer(() => ({ status, body: { secret: 'theirs' } }));
    expect(await open(collector).deliver(makeBatch(0, 1))).toEqual({
      outcome,
      why: `the answer was ${status}`,
    });
  });
});
