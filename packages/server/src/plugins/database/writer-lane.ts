type Job = () => Promise<void>;

/** Gives the one writer to one job at a time, first come first served. A job that throws does not stop the lane. */
export class WriterLane {
  readonly #jobs: Job[] = [];
  #running = false;

  /** How many jobs wait for their turn. */
  get waiting(): number {
    return this.#jobs.length;
  }

  /** Runs the job when its turn comes. With `whenIdle`, an idle lane first lets the current turn of the loop finish. */
  enter<T>(job: () => Promise<T>, start: 'now' | 'after-this-turn' = 'now'): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      this.#jobs.push(() => job().then(resolve, reject));
      if (this.#running) return;
      this.#running = true;
      if (start === 'now') void this.#run();
      else setImmediate(() => void this.#run());
    });
  }

  async #run(): Promise<void> {
    for (let job = this.#jobs.shift(); job !== undefined; job = this.#jobs.shift()) await job();
    this.#running = false;
  }
}
