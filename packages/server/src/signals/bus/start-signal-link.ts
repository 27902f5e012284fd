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
const nothing: RunningJob = { stop: async () => {} };

/** Tells the other gateways what this one records, and keeps what it remembers as they left it. Alone it does nothing. */
export function startSignalLink(context: Context, open: OpenBus, others: OtherRefreshers): RunningJob {
  const { kind, deafAfterSeconds } = context.config.signals.bus;
  if (kind === 'in-process') return nothing;
  const { platform, log, masterKey, stops, store } = context;
  const link = createSignalLink({
    ...{ open, platform, log, deafAfterSeconds },
    key: masterKey.derive('signals.bus'),
    refresh: createRefresher(context, others),
    hold: () => stops.hold('everything', everything, new AppError('signal.deaf')).release,
  });
  const stopTelling = store.onAppended((appended) =>
    link.tell(listChanges(appended.map(({ record }) => record))),
  );
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
    async stop() {
      stopTelling();
      await job.stop();
      await link.close();
    },
  };
}
