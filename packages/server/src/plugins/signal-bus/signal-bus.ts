export const busKinds = ['in-process', 'postgres', 'nats'] as const;
export type BusKind = (typeof busKinds)[number];

/** More is neither taken nor passed on. */
export const mostMessageBytes = 8_192;

/** What a bus must be told to know a message again that it was given twice. */
export interface BusMessage {
  /** Another for every life of a gateway. */
  readonly publisher: string;
  /** Of the publisher's messages; grows by one. */
  readonly sequence: number;
  /** At most `mostMessageBytes`. */
  readonly bytes: Uint8Array;
}

/** Whoever joined a bus. Called in the order in which things happened, and must not throw. */
export interface BusListener {
  /**
   * Anything that anybody who can reach the bus has put there: forged, older, twice or in another order. What this
   * gateway has published itself comes back, too.
   */
  heard(bytes: Uint8Array): void;
  /** From now on everything is heard that is published; of what was published before, some may never be. */
  joined(): void;
  /** From now on what is published may not be heard, until it joins again by itself. */
  left(): void;
}

/**
 * Carries short messages between the gateways of one database, at least once and in the order of each publisher while
 * it is joined. It hurries what the database says; nothing is believed because a bus has said it. It joins, and joins
 * again whenever it has lost its place, until it is closed.
 */
export interface SignalBus {
  readonly kind: BusKind;
  /**
   * Resolves once whoever has joined is going to hear it. Throws `signal.bus_unavailable` within a few seconds when that
   * cannot be known; the same message may then be given again, and is told apart by its sequence.
   */
  publish(message: BusMessage): Promise<void>;
  /** Nothing is heard from then on. Harmless when called again. */
  close(): Promise<void>;
}

export type OpenBus = (listener: BusListener) => SignalBus;
