import { toAppError } from '@countersign/api';
import type { Context } from '../../context.ts';
import { endInvalidConnections } from './end-invalid-connections.ts';

const sweepMilliseconds = 30_000;
const settleMilliseconds = 20;

/**
 * Ends connections as soon as what they rest on has ended: at the start, after a person's state or an upstream changed,
 * and now and then. Lets go of minted credentials whose task, agent or chain was stopped,
 * and of those that were got for other settings.
 */
export function followEndings(context: Context): { stop(): Promise<void> } {
  let running: Promise<void> = Promise.resolve();
  let waiting: NodeJS.Timeout | undefined;
  let isStopped = false;
  const look = (): void => {
    waiting = undefined;
    running = running
      .then(() => endInvalidConnections(context))
      .catch((thrown: unknown) => {
        const { code } = toAppError(thrown);
        context.log.error({ code }, 'connections that should have ended could not be looked for');
      });
  };
  const schedule = (): void => {
    if (!isStopped) waiting ??= setTimeout(look, settleMilliseconds).unref();
  };
  const sweep = (): void => {
    context.credentials.sweep(({ task, agent, person, chain }, holder) => {
      const { stops } = context;
      return (
        context.upstreams.find(holder.name)?.settings !== holder.settings ||
        stops.isStopped('task', task) ||
        stops.isStopped('agent', agent) ||
        stops.isStopped('owner', person) ||
        chain.some((delegation) => stops.isStopped('delegation', delegation))
      );
    });
    schedule();
  };
  const forget = [
    context.store.onAppended((records) => {
      if (records.some(({ record }) => record.kind === 'person.state_changed')) schedule();
      if (records.some(({ record }) => record.kind === 'signal.stopped')) sweep();
    }),
    context.upstreams.onChange(sweep),
  ];
  const timer = setInterval(sweep, sweepMilliseconds).unref();
  schedule();
  return {
    async stop() {
      isStopped = true;
      for (const one of forget) one();
      clearInterval(timer);
      clearTimeout(waiting);
      await running;
    },
  };
}
