import { AppError } from '@countersign/api';
import { maxBodyBytes } from './token-parameters.ts';

/** The body of a form request to one of our OAuth endpoints, bounded while it arrives. Throws `token.request_invalid`. */
export async function readForm(request: Request): Promise<Uint8Array> {
  const type = request.headers.get('content-type')?.split(';')[0]?.trim().toLowerCase();
  if (type !== 'application/x-www-form-urlencoded') {
    throw new AppError('token.request_invalid', { detail: 'content type' });
  }
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of request.body ?? []) {
    length += chunk.length;
    if (length > maxBodyBytes) throw new AppError('token.request_invalid', { detail: 'body too large' });
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
