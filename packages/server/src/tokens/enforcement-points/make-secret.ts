import { timingSafeEqual } from 'node:crypto';
import type { Platform } from '../../platform/platform.ts';
import { sha256 } from '../../platform/sha256.ts';

const secretBytes = 32;

/** The secret of a program that can hold no key; its head says what it is good for, and whose it is. */
export function makeSecret(
  platform: Pick<Platform, 'randomBytes'>,
  head: 'csh' | 'cst',
  id: string,
): { readonly secret: string; readonly secretDigest: string } {
  const secret = `${head}_${id}_${Buffer.from(platform.randomBytes(secretBytes)).toString('base64url')}`;
  return { secret, secretDigest: sha256(secret) };
}

/** In the same time wherever they differ. */
export function isSecret(secret: string, digest: string): boolean {
  const [a, b] = [Buffer.from(sha256(secret)), Buffer.from(digest)];
  return a.length === b.length && timingSafeEqual(a, b);
}
