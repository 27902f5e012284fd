import type { SignalMessage } from './sealed-message.ts';

const mostPeers = 256;
const rememberedMilliseconds = 60_000;

interface Peer {
  sequence: number;
  heardAt: number;
  /** It said that it says no more. */
  hasLeft: boolean;
}

/** How far each of the other gateways has come, as far as this one has heard. */
export class Peers {
  readonly #byPublisher = new Map<string, Peer>();

  /**
   * `next`: what follows the last one. `known`: heard before, or late after something newer, which made this gateway look
   * everything up. `gap`: something before it was not heard.
   */
  note({ publisher, sequence, isLast }: SignalMessage, at: number): 'next' | 'known' | 'gap' {
    const peer = this.#byPublisher.get(publisher);
    if (peer !== undefined && sequence <= peer.sequence) return 'known';
    const isNext = sequence === (peer?.sequence ?? 0) + 1;
    this.#byPublisher.delete(publisher);
    this.#byPublisher.set(publisher, { sequence, heardAt: at, hasLeft: isLast });
    for (const [oldest] of this.#byPublisher) {
      if (this.#byPublisher.size <= mostPeers) break;
      this.#byPublisher.delete(oldest);
    }
    return isNext ? 'next' : 'gap';
  }

  /** True while one that has not left was not heard for longer than that, and might only be cut off from the bus. */
  isMissingAny(now: number, milliseconds: number): boolean {
    for (const peer of this.#byPublisher.values()) {
      const silent = now - peer.heardAt;
      if (!peer.hasLeft && silent > milliseconds && silent <= rememberedMilliseconds) return true;
    }
    return false;
  }
}
