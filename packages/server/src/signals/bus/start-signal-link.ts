import { AppError } from '@countersign/api';
import type { Context } from '../../context.ts';
import { type RunningJob, runJob } from '../../jobs/index.ts';
import type { OpenBus } from '../../plugins/signal-bus/signal-bus.ts';
import { everything } from '../stops.ts';
import { createSignalLink } from './create-signal-link.ts';
import { listChanges } from './list-changes.ts';
import { createRefresher } from './refresh/create-refresher.ts';
import type { OtherRefreshers } from './refresh/refreshers.ts';

const tickMilliseconds = 250;

/** What keeps this gateway up with the others. */
export interface RunningLink extends RunningJob {
  /** Since when it hears neither them nor the database, epoch milliseconds; null while it does, and where there are none. */
  readonly deafSince: number | null;
}

const nothing: RunningLink = { deafSince: null, stop: async () => {} };

/**
 * Tells the other gateways what this one records, and keeps what it remembers as they left it. When it resolves nothing is
 * remembered otherwise than they had left it by then. Alone it does nothing.
 */
export async function startSignalLink(
  context: Context,
  open: OpenBus,
  others: OtherRefreshers,
): Promise<RunningLink> {
  const { kind, deafAfterSeconds } = context.config.signals.bus;
  if (kind === 'in-process') return nothing;
  const { platform, log, masterKey, notices, stops, store } = context;
  const refresh = createRefresher(context, others);
  const link = createSignalLink({
    ...{ open, platform, log, deafAfterSeconds },
    key: masterKey.derive('signals.bus'),
    refresh,
    hold: () => stops.hold('everything', everything, new AppError('signal.deaf')).release,
  });
  context.asks.connect((subject) => link.tell([{ kind: 'lease', subject }]));
  const stopTelling = [
    store.onAppended((appended) => link.tell(listChanges(appended.map(({ record }) => record)))),
    notices.onDelivered((cardId) => link.tell([{ kind: 'card', subject: cardId }])),
  ];
  // What was recorded up to here, while this gateway put itself together, nobody has told.
  link.tell([{ kind: 'everything' }]);
  try {
    await refresh([{ kind: 'everything' }]);
  } catch (thrown) {
    for (const stop of stopTelling) stop();
    await link.close();
    throw thrown;
  }
  const job = runJob(
    'keep up with other gateways',
    async () => {
      link.tick();
      return platform.now() + tickMilliseconds;
    },
    platform.now,
    log,
  );
  return {
    get deafSince() {
      return link.deafSince;
    },
    async stop() {
      for (const stop of stopTelling) stop();
      await job.stop();
      await link.close();
    },
  };
}
