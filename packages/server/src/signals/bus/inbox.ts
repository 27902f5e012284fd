import type { Change, ChangeKind } from './change.ts';
import { ChangeQueue } from './change-queue.ts';
import { Peers } from './peers.ts';
import { openMessage } from './sealed-message.ts';

const mostMessagesPerSecond = 5_000;
const mostAtOnce = 1_000;

/** What ends authority, and is looked up quickly: it waits for nothing that is slow, as policies that are compiled are. */
const urgentKinds: ReadonlySet<ChangeKind> = new Set([
  'agent',
  'lease',
  'organisations',
  'person',
  'stops',
  'task',
  'tokens',
]);

export interface InboxParts {
  readonly key: Uint8Array;
  now(): number;
  /** Looks the changes up in the database. Rejects when it does not answer. */
  refresh(changes: readonly Change[]): Promise<void>;
  /** One of this gateway's own has come back; null, or when it was made. */
  noteOwn(publisher: string, sequence: number): number | null | 'stranger';
  onFailure(thrown: unknown): void;
}

/** Changes that are looked up one batch after another. */
interface Lane {
  readonly queue: ChangeQueue;
  unappliedSince: number | undefined;
  isApplying: boolean;
}

const makeLane = (): Lane => ({
  queue: new ChangeQueue(mostAtOnce),
  unappliedSince: undefined,
  isApplying: false,
});

/** What this gateway hears, and how lately it knew. The clock may jump: an age below nothing is none. */
export class Inbox {
  readonly #parts: InboxParts;
  readonly #peers = new Peers();
  readonly #urgent = makeLane();
  readonly #rest = makeLane();
  /** When the newest of its own messages was made that the bus has brought back. */
  #loopAt = Number.NEGATIVE_INFINITY;
  /** When everything was last looked up, from the question on; what began with it had been looked up just before. */
  #askedAt: number;
  #second = 0;
  #heardInSecond = 0;
  /** Messages that no gateway of this deployment has said. */
  refused = 0;

  constructor(parts: InboxParts) {
    this.#parts = parts;
    this.#askedAt = parts.now();
  }

  heard(bytes: Uint8Array): void {
    const now = this.#parts.now();
    if (this.#isFlooded(now)) return;
    const message = openMessage(this.#parts.key, bytes);
    if (message === null) {
      this.refused += 1;
      return;
    }
    const own = this.#parts.noteOwn(message.publisher, message.sequence);
    if (own !== 'stranger') {
      this.#loopAt = Math.max(this.#loopAt, own ?? this.#loopAt);
      return;
    }
    const place = this.#peers.note(message, now);
    if (place === 'gap') this.lookUp([{ kind: 'everything' }]);
    if (place === 'next' && message.changes.length > 0) this.lookUp(message.changes);
  }

  lookUp(changes: readonly Change[]): void {
    const isUrgent = ({ kind }: Change): boolean => urgentKinds.has(kind);
    this.#add(this.#urgent, changes.filter(isUrgent));
    this.#add(
      this.#rest,
      changes.filter((change) => !isUrgent(change)),
    );
  }

  /** Whether what others said is known, as of that long ago, from the bus alone. */
  isHearing(maxAgeMilliseconds: number): boolean {
    const now = this.#parts.now();
    return (
      isWithin(this.#loopAt, now, maxAgeMilliseconds) &&
      !this.#peers.isMissingAny(now, maxAgeMilliseconds) &&
      [this.#urgent, this.#rest].every(
        ({ unappliedSince: since }) => since === undefined || isWithin(since, now, maxAgeMilliseconds),
      )
    );
  }

  /** Whether everything was looked up within that time. */
  hasAsked(maxAgeMilliseconds: number): boolean {
    return isWithin(this.#askedAt, this.#parts.now(), maxAgeMilliseconds);
  }

  #add(lane: Lane, changes: readonly Change[]): void {
    if (changes.length === 0) return;
    lane.unappliedSince ??= this.#parts.now();
    lane.queue.add(changes);
    if (!lane.isApplying) void this.#apply(lane);
  }

  async #apply(lane: Lane): Promise<void> {
    lane.isApplying = true;
    try {
      while (!lane.queue.isEmpty) {
        const startedAt = this.#parts.now();
        const changes = lane.queue.take(mostAtOnce);
        await this.#parts.refresh(changes);
        if (changes.some(({ kind }) => kind === 'everything')) this.#askedAt = startedAt;
        lane.unappliedSince = lane.queue.isEmpty ? undefined : startedAt;
      }
    } catch (thrown) {
      // Of a part that failed nobody knows how far it came. Whoever keeps the time tries again.
      const since = Math.min(...[lane, this.#rest].map((one) => one.unappliedSince ?? Infinity));
      lane.queue.take(mostAtOnce);
      lane.unappliedSince = undefined;
      this.#rest.queue.add([{ kind: 'everything' }]);
      this.#rest.unappliedSince = since;
      this.#parts.onFailure(thrown);
    } finally {
      lane.isApplying = false;
    }
  }

  /** Whoever can reach the bus can fill it: then the database says what the messages would have said. */
  #isFlooded(now: number): boolean {
    const second = Math.floor(now / 1000);
    if (second !== this.#second) [this.#second, this.#heardInSecond] = [second, 0];
    this.#heardInSecond += 1;
    if (this.#heardInSecond === mostMessagesPerSecond + 1) this.lookUp([{ kind: 'everything' }]);
    return this.#heardInSecond > mostMessagesPerSecond;
  }
}

function isWithin(at: number, now: number, milliseconds: number): boolean {
  return now >= at && now - at <= milliseconds;
}
