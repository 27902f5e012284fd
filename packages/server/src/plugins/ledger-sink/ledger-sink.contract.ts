import { type Mischief, THEIR_WORDS } from '@countersign/testkit';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { LedgerSink, SinkBatch, SinkRecord } from './ledger-sink.ts';

/** A record as its reader finds it at the other side. */
export interface KeptRecord {
  readonly id: string;
  /** Everything that is kept of it. */
  readonly text: string;
}

export interface SinkSubject {
  readonly sink: LedgerSink;
  /** What is there, in the order in which it came. */
  show(): Promise<readonly KeptRecord[]>;
  /** Absent where the other side is this machine. */
  setMischief?(mischief: Mischief): void;
  /** Whether what is sent again is there once. */
  readonly keeps: 'each-once' | 'each-time';
  /** What the other side cannot lie about, because it is not listened to. */
  readonly believes: readonly Mischief[];
  close(): Promise<void>;
}

export function makeSinkRecord(seq: number, over: Partial<SinkRecord> = {}): SinkRecord {
  return {
    ...{ seq, id: `rec_${String(seq).padStart(26, '0')}`, kind: 'action.decision' },
    ...{ at: 1_790_000_000_000 + seq, causes: [], class: 'decision', erased: false, withheld: true },
    ...{ agent: 'agt_a', task: 'tsk_a', person: 'per_a', upstream: 'payments', tool: 'pay' },
    ...{ action: `act_${seq}`, body: { effect: 'allow', decidedBy: 'policy' } },
    ...over,
  };
}

/** The batch that the ledger has from `from` on. */
export function makeBatch(from: number, count: number, over: Partial<SinkBatch> = {}): SinkBatch {
  const records = Array.from({ length: count }, (_, index) => makeSinkRecord(from + index));
  return {
    ...{ from, to: from + count, records, isRepeat: false, at: 1_800_000_000_000 },
    signal: AbortSignal.timeout(10_000),
    ...over,
  };
}

const hostile = {
  agent: 'agt_"] \\ \n<0>1 - - - - -',
  tool: '‮\u0000\u001b[31m"]\r\n{"id":"rec_forged"}',
  upstream: `a${'\u{10ffff}'.repeat(100)}`,
  body: { ['__proto__']: 'x', why: '\ud800 "]\n<13>1', deep: JSON.parse('['.repeat(40) + ']'.repeat(40)) },
} as const;

/** What every sink must do. */
export function testLedgerSink(open: () => Promise<SinkSubject>): void {
  let subject: SinkSubject;
  beforeEach(async () => {
    subject = await open();
  });
  afterEach(() => subject.close());
  const ids = async () => (await subject.show()).map(({ id }) => id);
  const named = (...seqs: readonly number[]) => seqs.map((seq) => makeSinkRecord(seq).id);

  it('keeps every record of a batch, in its order, with the id it has in the ledger', async () => {
    expect(await subject.sink.deliver(makeBatch(0, 3))).toEqual({ outcome: 'delivered' });
    expect(await subject.sink.deliver(makeBatch(3, 2))).toEqual({ outcome: 'delivered' });
    expect(await ids()).toEqual(named(0, 1, 2, 3, 4));
  });

  it('keeps what is sent again under the same id', async () => {
    await subject.sink.deliver(makeBatch(0, 2));
    expect(await subject.sink.deliver(makeBatch(0, 2, { isRepeat: true }))).toEqual({ outcome: 'delivered' });
    const kept = await ids();
    expect(new Set(kept)).toEqual(new Set(named(0, 1)));
    if (subject.keeps === 'each-once') expect(kept).toEqual(named(0, 1));
  });

  it('keeps what agents and upstreams wrote as one record, whatever is in it', async () => {
    const records = [makeSinkRecord(0, hostile), makeSinkRecord(1)];
    expect(await subject.sink.deliver(makeBatch(0, 2, { records }))).toEqual({ outcome: 'delivered' });
    expect(await ids()).toEqual(named(0, 1));
  });

  it('keeps an erased record as one', async () => {
    const { seq, id, kind, at, causes } = makeSinkRecord(0);
    const erased = {
      ...{ seq, id, kind, at, causes },
      class: 'decision',
      erased: true,
      withheld: false,
    } as const;
    expect(await subject.sink.deliver(makeBatch(0, 1, { records: [erased] }))).toEqual({
      outcome: 'delivered',
    });
    expect((await subject.show())[0]?.text).toContain('erased');
  });

  it('can be tried, and the try is no evidence', async () => {
    const record = makeSinkRecord(7, { kind: 'ledger.sink_tested', class: 'operation', body: { sink: 'x' } });
    expect(await subject.sink.test(makeBatch(7, 1, { records: [record] }))).toEqual({ outcome: 'delivered' });
    expect((await ids()).every((id) => id === record.id)).toBe(true);
  });

  const mischiefs: readonly Mischief[] = [
    ...(['down', 'busy', 'refusing', 'hanging', 'redirecting', 'endless', 'garbled'] as const),
  ];
  it.each(mischiefs)(
    'loses nothing to a server that is %s, and repeats none of its words',
    async (mischief) => {
      if (subject.setMischief === undefined) return;
      subject.setMischief(mischief);
      const outcome = await subject.sink.deliver(makeBatch(0, 2, { signal: AbortSignal.timeout(400) }));
      expect(outcome.outcome).toBe(subject.believes.includes(mischief) ? 'delivered' : 'failed');
      expect(JSON.stringify(outcome)).not.toContain(THEIR_WORDS);
      subject.setMischief('none');
      expect(await subject.sink.deliver(makeBatch(0, 2, { isRepeat: true }))).toEqual({
        outcome: 'delivered',
      });
      expect(await ids()).toEqual(named(0, 1));
    },
  );

  it('ends when it is told to', async () => {
    const outcome = await subject.sink.deliver(makeBatch(0, 1, { signal: AbortSignal.abort() }));
    expect(outcome.outcome).not.toBe('refused');
  });
}
