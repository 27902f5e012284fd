import type { Platform } from '../../platform/platform.ts';
import type { BusMessage, SignalBus } from '../../plugins/signal-bus/signal-bus.ts';
import type { Change } from './change.ts';
import { ChangeQueue } from './change-queue.ts';
import { mostChanges, sealMessage } from './sealed-message.ts';

const mostUnheard = 1_000;
const farewellMilliseconds = 500;

/** What this gateway says: one message at a time and each until the bus has it, so that the order is the order of saying. */
export class Outbox {
  readonly publisher: string;
  readonly #bus: Pick<SignalBus, 'publish'>;
  readonly #key: Uint8Array;
  readonly #now: () => number;
  readonly #queue = new ChangeQueue();
  /** When each message was made that has not come back, by its sequence. */
  readonly #madeAt = new Map<number, number>();
  #sequence = 0;
  #unsent: BusMessage | undefined;
  #sending: Promise<void> | undefined;
  #isClosed = false;

  constructor(
    bus: Pick<SignalBus, 'publish'>,
    key: Uint8Array,
    platform: Pick<Platform, 'now' | 'randomBytes'>,
  ) {
    this.#bus = bus;
    this.#key = key;
    this.#now = platform.now;
    this.publisher = Buffer.from(platform.randomBytes(16)).toString('base64url');
  }

  tell(changes: readonly Change[]): void {
    this.#queue.add(changes);
    this.flush();
  }

  /** Says that it is there, unless something else that is said shows it. */
  beat(): void {
    if (this.#unsent === undefined && this.#queue.isEmpty) this.#unsent = this.#make([]);
    this.flush();
  }

  /** Says what waits. What the bus does not take waits for the next time. */
  flush(): void {
    if (this.#isClosed) return;
    this.#sending ??= this.#send()
      .catch(() => {})
      .finally(() => {
        this.#sending = undefined;
      });
  }

  /** When the message was made that has come back; null for one that had come back before, or is not known any more. */
  noteHeard(sequence: number): number | null {
    const at = this.#madeAt.get(sequence) ?? null;
    for (const [earlier] of this.#madeAt) if (earlier <= sequence) this.#madeAt.delete(earlier);
    return at;
  }

  /** The last message, so that nobody waits for the next; the bus may be gone. */
  async close(): Promise<void> {
    this.#isClosed = true;
    const farewell = this.#make([], true);
    const said = (this.#sending ?? Promise.resolve()).then(() => this.#bus.publish(farewell)).catch(() => {});
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, farewellMilliseconds);
    });
    await Promise.race([said, late]);
    clearTimeout(timer);
  }

  async #send(): Promise<void> {
    for (;;) {
      if (this.#unsent === undefined && !this.#queue.isEmpty)
        this.#unsent = this.#make(this.#queue.take(mostChanges));
      if (this.#unsent === undefined) return;
      await this.#bus.publish(this.#unsent);
      this.#unsent = undefined;
    }
  }

  #make(changes: readonly Change[], isLast = false): BusMessage {
    this.#sequence += 1;
    const [sequence, publisher] = [this.#sequence, this.publisher];
    this.#madeAt.set(sequence, this.#now());
    for (const [oldest] of this.#madeAt) {
      if (this.#madeAt.size <= mostUnheard) break;
      this.#madeAt.delete(oldest);
    }
    const bytes = sealMessage(this.#key, { publisher, sequence, changes, isLast });
    return { publisher, sequence, bytes };
  }
}
