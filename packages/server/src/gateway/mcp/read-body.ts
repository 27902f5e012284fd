import type { IncomingMessage } from 'node:http';
import { AppError } from '@countersign/api';

/** Reads a request body of at most `mostBytes`; throws `action.too_large` as soon as it is longer. */
export function readBody(request: IncomingMessage, mostBytes: number): Promise<Uint8Array> {
  const declared = Number(request.headers['content-length'] ?? 0);
  if (declared > mostBytes) return Promise.reject(new AppError('action.too_large'));
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let length = 0;
    request.on('data', (chunk: Buffer) => {
      length += chunk.length;
      if (length > mostBytes) {
        request.removeAllListeners('data');
        request.resume();
        reject(new AppError('action.too_large'));
        return;
      }
      chunks.push(chunk);
    });
    request.on('end', () => resolve(chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks)));
    request.on('error', () => reject(new AppError('action.aborted')));
    request.on('aborted', () => reject(new AppError('action.aborted')));
  });
}
