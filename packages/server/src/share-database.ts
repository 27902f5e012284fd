import { AppError } from '@countersign/api';
import { settleSeat } from './actions/index.ts';
import type { Context } from './context.ts';
import type { Seat } from './plugins/database/database.ts';
import { createLimitCounters, createSlicedCounters } from './policies/index.ts';
import { everything } from './signals/index.ts';

/** What is to happen when this gateway loses its seat, also before there is anything to refuse. */
export interface SeatWatch {
  onLost(): void;
}

/** What all other parts stand on. */
export interface Ground extends Pick<Context, 'store' | 'masterKey'> {
  readonly seat: SeatWatch;
}

/** Who counts what: alone this gateway counts all there is, beside others its own part. */
export function shareCounts({ store, platform, asks }: Pick<Context, 'store' | 'platform' | 'asks'>) {
  if (!store.seat.isShared) return { tasks: {}, counters: createLimitCounters(store) };
  const settle = (left: Pick<Seat, 'stream' | 'holder'>) => settleSeat({ store, platform }, left);
  return {
    tasks: { sharing: { store, settle, ask: asks.ask } },
    counters: createSlicedCounters({ store, now: platform.now, ask: asks.ask }),
  };
}

/** Another gateway goes on with what this one had: nothing begins here any more, and what is in flight is cut. */
export function refuseAll({ log, stops, tasks }: Pick<Context, 'log' | 'stops' | 'tasks'>): void {
  log.error(
    'another gateway has taken the place of this one: everything is refused until it is started again',
  );
  const refusal = new AppError('server.seat_lost');
  tasks.refuse(refusal);
  stops.hold('everything', everything, refusal);
}
