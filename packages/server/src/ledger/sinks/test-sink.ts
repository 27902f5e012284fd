import { AppError, type LedgerRecord } from '@countersign/api';
import type { Context } from '../../context.ts';
import { type Actor, nameActor, requirePermission } from '../../people/index.ts';
import type { SinkOutcome } from '../../plugins/ledger-sink/ledger-sink.ts';
import { findRecord } from '../find-record.ts';
import { getSink } from './get-sink.ts';
import { makeSinkRecord } from './make-sink-record.ts';

const testMilliseconds = 15_000;

/**
 * Tries a sink at once, with the record that says so. Where the sink takes records by themselves it gets that one early,
 * and again in its turn. Throws `ledger.sink_not_found` or `ledger.sink_failed`.
 */
export async function testSink(
  context: Pick<Context, 'platform' | 'sinks' | 'store'>,
  actor: Actor,
  name: string,
): Promise<void> {
  requirePermission(actor, 'ledger.change_sinks');
  const { sink, settings } = getSink(context, name);
  const { platform, store } = context;
  const record: LedgerRecord = {
    ...{ id: platform.newId('rec'), kind: 'ledger.sink_tested', at: platform.now(), causes: [] },
    ...(actor.kind === 'person' ? { person: actor.person } : {}),
    body: { by: nameActor(actor), sink: name },
  };
  await store.append([record]);
  const stored = await findRecord(store, record.id);
  if (stored === undefined) throw new AppError('ledger.unavailable');
  const signal = AbortSignal.any([context.sinks.stopping, AbortSignal.timeout(testMilliseconds)]);
  const batch = { from: stored.seq, to: stored.seq + 1, records: [makeSinkRecord(stored, settings.content)] };
  const outcome = await sink
    .test({ ...batch, isRepeat: false, at: platform.now(), signal })
    .catch((): SinkOutcome => ({ outcome: 'failed', why: 'it failed here' }));
  if (outcome.outcome !== 'delivered') throw new AppError('ledger.sink_failed', { detail: outcome.why });
}
