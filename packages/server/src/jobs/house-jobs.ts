import { giveTurn, type TurnStore, takeTurn } from './gateway-turns.ts';
import type { Job } from './run-job.ts';

/** Which of the gateways of a database does what must be done once. */
export interface HouseJobs {
  /** Whether it is this one, as far as it has heard. What is done twice all the same must do no harm. */
  readonly areHere: boolean;
  /** Takes them when nobody living has them. A job: returns when to look again, in epoch milliseconds. */
  look(): Promise<number>;
  /** The job as this gateway runs it: it waits while another one does. */
  only(job: Job): Job;
  /** Another gateway may have them at once. */
  giveBack(): Promise<void>;
}

const lookMilliseconds = 400;
const waitMilliseconds = 250;

export function createHouseJobs(store: TurnStore, now: () => number): HouseJobs {
  let areHere = !store.seat.isShared;
  let isOver = false;
  return {
    get areHere() {
      return areHere;
    },
    async look() {
      if (store.seat.isShared && !isOver) {
        try {
          areHere = (await takeTurn(store, 'jobs')) && !isOver;
        } catch (thrown) {
          // What cannot be asked for is not had: another gateway may be proving now that this one is gone.
          areHere = false;
          throw thrown;
        }
      }
      return now() + lookMilliseconds;
    },
    only: (job) => async () => (areHere ? job() : now() + waitMilliseconds),
    async giveBack() {
      if (!store.seat.isShared) return;
      isOver = true;
      areHere = false;
      await giveTurn(store, 'jobs');
    },
  };
}
