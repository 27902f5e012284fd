import { AppError } from '@countersign/api';
import type { HandedCall } from '../../actions/index.ts';

const mostHeld = 20_000;

/**
 * The calls that hooks asked about, by the caller's own ids: each is allowed at most once and has at most one result. In
 * memory and bounded, the oldest go first; a call that is forgotten can have no result any more, and asked again it is decided again.
 */
export class HeldCalls {
  /** Null: being decided, or done with. */
  readonly #held = new Map<string, HandedCall | null>();

  /** Throws `action.call_repeated` for a call that is being decided or was allowed. */
  begin(key: string): void {
    if (this.#held.has(key)) throw new AppError('action.call_repeated');
    this.#held.set(key, null);
    if (this.#held.size <= mostHeld) return;
    for (const oldest of this.#held.keys()) {
      this.#held.delete(oldest);
      return;
    }
  }

  /** It was not allowed, so it may be asked about again. */
  cancel(key: string): void {
    this.#held.delete(key);
  }

  allow(key: string, handed: HandedCall): void {
    this.#held.set(key, handed);
  }

  /** The call whose result is there, once. Throws `action.call_unknown`. */
  take(key: string): HandedCall {
    const handed = this.#held.get(key);
    if (handed == null) throw new AppError('action.call_unknown');
    this.#held.set(key, null);
    return handed;
  }
}
