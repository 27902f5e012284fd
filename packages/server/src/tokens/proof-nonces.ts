import { createHmac } from 'node:crypto';
import type { Platform } from '../platform/platform.ts';

/** Nonces for DPoP proofs (RFC 9449 §8, §9): one a minute, good until the end of the next. */
export interface ProofNonces {
  current(): string;
  isFresh(nonce: string): boolean;
}

const windowMilliseconds = 60_000;

/** The secret lives as long as the process, so that no proof made before a restart or for another replica is accepted. */
export function createProofNonces(platform: Pick<Platform, 'now' | 'randomBytes'>): ProofNonces {
  const secret = platform.randomBytes(32);
  let window = Number.NaN;
  let current = '';
  let previous = '';
  const nonceOf = (at: number): string =>
    createHmac('sha256', secret).update(String(at)).digest().subarray(0, 16).toString('base64url');
  const turn = (): void => {
    const now = Math.floor(platform.now() / windowMilliseconds);
    // A clock set back finds no earlier nonce good again: the proofs that used it may be forgotten by now.
    if (now <= window) return;
    window = now;
    current = nonceOf(now);
    previous = nonceOf(now - 1);
  };
  return {
    current() {
      turn();
      return current;
    },
    isFresh(nonce) {
      turn();
      return nonce === current || nonce === previous;
    },
  };
}
