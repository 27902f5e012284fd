import { sha256 } from '../platform/sha256.ts';

/** By which an assertion is known on both sides without being told again. */
export function digestAssertion(issuer: string, id: string): string {
  return sha256(JSON.stringify([issuer, id]));
}
