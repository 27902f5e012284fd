import type { Context } from '../../context.ts';
import { type Actor, requirePermission } from '../../people/index.ts';

/** A configured transmitter and what became of its events. Times in epoch milliseconds. */
export interface TransmitterView {
  readonly name: string;
  readonly issuer: string;
  readonly delivery: 'push' | 'poll';
  /** By outcome, events that are remembered: `done`, why they were ignored, or the code of what went wrong. */
  readonly events: Readonly<Record<string, number>>;
  readonly lastAt: number | null;
}

export async function listTransmitters(
  { store, transmitters }: Pick<Context, 'store' | 'transmitters'>,
  actor: Actor,
): Promise<readonly TransmitterView[]> {
  requirePermission(actor, 'signals.read_receivers');
  const rows = await store.sql
    .selectFrom('signals_received')
    .select(({ fn }) => [
      'transmitter',
      'outcome',
      fn.countAll<number>().as('count'),
      fn.max('at').as('last_at'),
    ])
    .groupBy(['transmitter', 'outcome'])
    .execute();
  return [...transmitters.values()].map(({ config: { name, issuer, pollUrl } }) => {
    const own = rows.filter(({ transmitter }) => transmitter === name);
    return {
      ...{ name, issuer, delivery: pollUrl === undefined ? 'push' : 'poll' },
      events: Object.fromEntries(own.map(({ outcome, count }) => [outcome, Number(count)])),
      lastAt: own.length === 0 ? null : Math.max(...own.map(({ last_at }) => Number(last_at))),
    };
  });
}
