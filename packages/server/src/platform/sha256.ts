import { hash } from 'node:crypto';

/** SHA-256 of the UTF-8 text, base64url without padding. */
export function sha256(text: string): string {
  return hash('sha256', text, 'base64url');
}
