import { toAppError } from '@countersign/api';
import type { Logger } from 'pino';
import type { Platform } from '../../platform/platform.ts';
import type { OpenBus } from '../../plugins/signal-bus/signal-bus.ts';
import type { Change } from './change.ts';
import { Inbox } from './inbox.ts';
import { Outbox } from './outbox.ts';

const beatMilliseconds = 500;
const askMilliseconds = 1_000;
/** Also while all is well: the bus may deliver everything but what matters. */
const askAnywayMilliseconds = 10_000;

export interface SignalLinkParts {
  readonly open: OpenBus;
  /** 32 bytes, the same for all gateways of a deployment. */
  readonly key: Uint8Array;
  readonly platform: Pick<Platform, 'now' | 'randomBytes'>;
  readonly log: Pick<Logger, 'error' | 'info' | 'warn'>;
  readonly deafAfterSeconds: number;
  /** Looks the changes up in the database. Rejects when it does not answer. */
  refresh(changes: readonly Change[]): Promise<void>;
  /** Refuses everything, and cuts what is in flight, until what it returns is called. */
  hold(): () => void;
}

/** Tells the other gateways what has changed, and hears it from them. */
export interface SignalLink {
  /** Says it as soon as the bus takes it; what it does not take others find out from the database. */
  tell(changes: readonly Change[]): void;
  /** Whether everything is known that was committed that long ago, in milliseconds, or before. */
  isCurrent(maxAgeMilliseconds: number): boolean;
  /** Since when everything is refused, epoch milliseconds; null while this gateway hears. */
  readonly deafSince: number | null;
  /** To be called a few times a second: speaks, asks, and refuses everything while this gateway is deaf. */
  tick(): void;
  /** Says farewell and leaves the bus. Nothing is refused for deafness afterwards. */
  close(): Promise<void>;
}

/** What was known when it is made counts as looked up. */
export function createSignalLink(parts: SignalLinkParts): SignalLink {
  const { platform, log, key } = parts;
  const deafAfter = parts.deafAfterSeconds * 1000;
  let beatenAt = Number.NEGATIVE_INFINITY;
  let triedAt = Number.NEGATIVE_INFINITY;
  let release: (() => void) | undefined;
  let deafSince: number | null = null;

  const inbox = new Inbox({
    key,
    now: platform.now,
    refresh: parts.refresh,
    noteOwn: (publisher, sequence) =>
      publisher === outbox.publisher ? outbox.noteHeard(sequence) : 'stranger',
    onFailure: (thrown) =>
      log.warn({ code: toAppError(thrown).code }, 'what other gateways changed could not be looked up'),
  });
  const bus = parts.open({
    heard: (bytes) => inbox.heard(bytes),
    joined: () => {
      inbox.lookUp([{ kind: 'everything' }]);
      outbox.beat();
    },
    left: () => {
      // What came back before is still true of its time; from here on only the database tells.
      inbox.lookUp([{ kind: 'everything' }]);
      log.warn('the signal bus is gone: the database is asked instead');
    },
  });
  const outbox = new Outbox(bus, key, platform);

  const isCurrent = (milliseconds: number): boolean =>
    inbox.hasAsked(milliseconds) || inbox.isHearing(milliseconds);

  const warnOfStrangers = createWarning(log, inbox);

  return {
    tell: (changes) => {
      if (changes.length > 0) outbox.tell(changes);
    },
    isCurrent,
    get deafSince() {
      return deafSince;
    },
    tick() {
      const now = platform.now();
      if (!isRecent(beatenAt, now, beatMilliseconds)) {
        beatenAt = now;
        outbox.beat();
      }
      const isDue = !inbox.isHearing(askMilliseconds) || !inbox.hasAsked(askAnywayMilliseconds);
      if (isDue && !isRecent(triedAt, now, askMilliseconds)) {
        triedAt = now;
        inbox.lookUp([{ kind: 'everything' }]);
      }
      warnOfStrangers(now);
      const hears = isCurrent(deafAfter);
      if (!hears && release === undefined) {
        release = parts.hold();
        deafSince = now;
        log.error('neither the signal bus nor the database is heard: everything is refused');
      } else if (hears && release !== undefined) {
        release();
        release = undefined;
        deafSince = null;
        log.info('what other gateways changed is known again');
      }
    },
    async close() {
      await outbox.close();
      await bus.close();
      release?.();
      release = undefined;
    },
  };
}

/** Once a minute, of what no gateway of ours has said. */
function createWarning(log: SignalLinkParts['log'], inbox: Inbox): (now: number) => void {
  let warnedAt = Number.NEGATIVE_INFINITY;
  return (now) => {
    if (inbox.refused === 0 || isRecent(warnedAt, now, 60_000)) return;
    warnedAt = now;
    log.warn({ messages: inbox.refused }, 'the signal bus brought what no gateway of ours has said');
    inbox.refused = 0;
  };
}

/** False where the clock was set back. */
function isRecent(at: number, now: number, milliseconds: number): boolean {
  return now >= at && now - at < milliseconds;
}
