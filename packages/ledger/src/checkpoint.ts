import { decodeBase64, encodeBase64 } from './base64.ts';

/** A tree head: C2SP tlog-checkpoint. */
export interface Checkpoint {
  /** Names the log; no spaces and no plus, because it is the name of the signing key too. */
  readonly origin: string;
  /** Number of leaves. */
  readonly size: number;
  /** The 32-byte root. */
  readonly root: Uint8Array;
}

/** The text to be signed: origin, size and base64 root, a line each (C2SP tlog-checkpoint). */
export function formatCheckpoint(checkpoint: Checkpoint): string {
  return `${checkpoint.origin}\n${checkpoint.size}\n${encodeBase64(checkpoint.root)}\n`;
}

/** A checkpoint from the text of a note, or undefined. Extension lines are allowed and ignored. */
export function parseCheckpoint(text: string): Checkpoint | undefined {
  if (!text.endsWith('\n')) return undefined;
  const [origin, size, encodedRoot, ...extensions] = text.slice(0, -1).split('\n');
  if (!origin || size === undefined || encodedRoot === undefined || extensions.includes('')) return undefined;
  const count = /^(0|[1-9][0-9]{0,15})$/.test(size) ? Number(size) : Number.NaN;
  const root = decodeBase64(encodedRoot);
  if (!Number.isSafeInteger(count) || root?.length !== 32) return undefined;
  return { origin, size: count, root };
}
