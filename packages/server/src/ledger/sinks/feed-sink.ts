import { setImmediate } from 'node:timers/promises';
import type { Context } from '../../context.ts';
import type { SinkBatch, SinkOutcome } from '../../plugins/ledger-sink/ledger-sink.ts';
import { advanceCursor, loadCursors, type SinkCursor, type StreamCursor } from './cursor.ts';
import { noteVain } from './note-vain.ts';
import { readBatch } from './read-batch.ts';
import { resendNext } from './resend-next.ts';
import { setAside } from './set-aside.ts';
import type { FedSink } from './sink-state.ts';

export type Feeding = Pick<Context, 'log' | 'platform' | 'sinks' | 'store'>;

const attemptMilliseconds = 30_000;
/** Of one record that is refused, before it is set aside. */
const mostRefusals = 3;
/** So many set aside without any that was taken are no fault of theirs: then the sink is what is wrong, and waits. */
const mostSetAside = 20;

/**
 * Sends what a sink has not got yet, a batch of each stream in turn, until it has all, is not to be had, or the server stops.
 */
export async function feedSink(context: Feeding, fed: FedSink): Promise<void> {
  for (let stream = 0, streams = 1, idle = 0; idle < streams; stream = (stream + 1) % streams) {
    const cursors = await loadCursors(context, fed);
    streams = cursors.length;
    const at = cursors[stream % streams];
    if (at === undefined || context.sinks.stopping.aborted) return;
    const fate = await feedNext(context, fed, at);
    if (fate === 'stopped') return;
    idle = fate === 'nothing' ? idle + 1 : 0;
    // The path goes first.
    await setImmediate();
  }
}

async function feedNext(
  context: Feeding,
  fed: FedSink,
  { cursor, range: stream }: StreamCursor,
): Promise<'sent' | 'nothing' | 'stopped'> {
  const next = await resendNext(context, fed, cursor);
  if (next === 'failed') return 'stopped';
  if (next === 'sent') return 'sent';
  const range = await readBatch(context, fed, { from: cursor.next_seq, stream });
  if (range === undefined) return 'nothing';
  const isOwed = range.records.length > 0 || fed.sink.batches.isWhole;
  const outcome: SinkOutcome = isOwed
    ? await attempt(context, fed, { ...range, isRepeat: fed.mayRepeat })
    : { outcome: 'delivered' };
  if (context.sinks.stopping.aborted && outcome.outcome !== 'delivered') return 'stopped';
  if (outcome.outcome === 'delivered') {
    if (isOwed) {
      fed.mayRepeat = false;
      fed.waitsSince = null;
      fed.most = Math.min(fed.most * 2, fed.sink.batches.records);
    }
    await advanceCursor(context, cursor, { to: range.to, delivered: range.records.length });
  } else {
    fed.mayRepeat = true;
    const [record, ...others] = range.records;
    const goesOn =
      outcome.outcome === 'refused' && record !== undefined
        ? await narrow(context, fed, cursor, { record, others: others.length, why: outcome.why })
        : await noteVain(context, cursor, outcome);
    if (!goesOn) return 'stopped';
  }
  return 'sent';
}

/** Halves the batch until the record that is refused stands alone, and sets that aside in the end. Tells whether to go on. */
async function narrow(
  context: Feeding,
  fed: FedSink,
  cursor: SinkCursor,
  refused: { readonly record: { id: string; seq: number; kind: string }; others: number; why: string },
): Promise<boolean> {
  if (refused.others > 0) {
    fed.most = Math.max(1, Math.floor((refused.others + 1) / 2));
    return true;
  }
  const refusals = cursor.refusals + 1;
  if (refusals < mostRefusals || cursor.refused_in_a_row >= mostSetAside) {
    const why =
      cursor.refused_in_a_row >= mostSetAside ? `it refuses everything: ${refused.why}` : refused.why;
    return noteVain(context, cursor, { outcome: 'failed', why }, { refusals });
  }
  await setAside(context, fed, cursor, refused);
  return true;
}

/** One attempt, which always ends: what hangs here is left behind. */
export async function attempt(
  context: Pick<Feeding, 'log' | 'platform' | 'sinks'>,
  { sink }: Pick<FedSink, 'sink'>,
  batch: Omit<SinkBatch, 'at' | 'signal'>,
): Promise<SinkOutcome> {
  const signal = AbortSignal.any([context.sinks.stopping, AbortSignal.timeout(attemptMilliseconds)]);
  const late = new Promise<SinkOutcome>((resolve) => {
    const end = (): void => resolve({ outcome: 'failed', why: 'it took too long' });
    if (signal.aborted) end();
    else signal.addEventListener('abort', end, { once: true });
  });
  const done = sink
    .deliver({ ...batch, at: context.platform.now(), signal })
    .catch((err: unknown): SinkOutcome => {
      context.log.error({ err, sink: sink.name }, 'a sink failed here');
      return { outcome: 'failed', why: 'it failed here' };
    });
  return Promise.race([done, late]);
}
