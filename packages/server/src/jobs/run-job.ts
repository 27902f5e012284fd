import type { Logger } from 'pino';

/** Does what is due and returns when to be called again, in epoch milliseconds. */
export type Job = () => Promise<number>;

export interface RunningJob {
  /** Waits for a run under way; none starts afterwards. */
  stop(): Promise<void>;
}

const shortestPauseMilliseconds = 50;
const pauseAfterFailureMilliseconds = 1000;

/** Runs a job again and again, one run at a time. A failure is logged and tried again: what expires must not stay open. */
export function runJob(name: string, job: Job, now: () => number, log: Logger): RunningJob {
  let stopped = false;
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<void> = Promise.resolve();
  const run = async (): Promise<void> => {
    let pause = pauseAfterFailureMilliseconds;
    try {
      pause = Math.max(shortestPauseMilliseconds, (await job()) - now());
    } catch (err) {
      log.error({ err, job: name }, 'a job failed');
    }
    if (!stopped) plan(pause);
  };
  const plan = (pause: number): void => {
    timer = setTimeout(() => {
      running = run();
    }, pause);
    timer.unref();
  };
  plan(0);
  return {
    async stop() {
      stopped = true;
      clearTimeout(timer);
      await running;
    },
  };
}
