import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { AppError } from '@countersign/api';
import type { ApiUpload } from './exchange.ts';

/**
 * The body as it comes, but for its last piece, which is held back until all of it is known to be what was stated and
 * decided on: a body that is something else never becomes a whole request.
 */
export function streamUpload(upload: ApiUpload): Readable {
  return Readable.from(check(upload), { objectMode: false });
}

async function* check({ bytes, digest, chunks }: ApiUpload): AsyncGenerator<Buffer> {
  const hash = createHash('sha256');
  let length = 0;
  let held: Buffer | undefined;
  for await (const chunk of chunks) {
    if (chunk.length === 0) continue;
    length += chunk.length;
    if (length > bytes) throw differs('it is longer than was stated');
    hash.update(chunk);
    if (held !== undefined) yield held;
    held = chunk;
  }
  if (length !== bytes) throw differs('it is shorter than was stated');
  if (hash.digest('base64url') !== digest) throw differs('its digest is another one');
  if (held !== undefined) yield held;
}

function differs(detail: string): AppError {
  return new AppError('action.upload_differs', { detail });
}
