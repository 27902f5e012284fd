import type { IncomingMessage, ServerResponse } from 'node:http';
import { AppError } from '@countersign/api';
import type { Context } from '../context.ts';
import { answerTokenRequest } from './answer-token-request.ts';
import type { PresentedTokenRequest } from './grant-token.ts';
import { maxBodyBytes } from './token-parameters.ts';

/**
 * The token endpoint on bare `node:http`, as the gateway's hot path is: an agent comes back for each task and every few
 * minutes. `standing` are the headers that every answer of the server carries.
 */
export function createTokenDoor(
  context: Context,
  standing: Readonly<Record<string, string>>,
): (request: IncomingMessage, response: ServerResponse) => void {
  return (request, response) => {
    void serve(context, standing, request, response);
  };
}

async function serve(
  context: Context,
  standing: Readonly<Record<string, string>>,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { status, headers, body } = await answerTokenRequest(context, () => readRequest(context, request));
  const text = Buffer.from(JSON.stringify(body));
  // What is left of a body that was too long is not read: the connection ends with the answer.
  if (!request.complete) response.setHeader('connection', 'close');
  response.writeHead(status, {
    ...standing,
    ...headers,
    'content-type': 'application/json',
    'content-length': text.length,
    'x-request-id': Buffer.from(context.platform.randomBytes(12)).toString('base64url'),
  });
  response.end(text);
}

async function readRequest(context: Context, request: IncomingMessage): Promise<PresentedTokenRequest> {
  const { dpop = [], authorization = [] } = request.headersDistinct;
  return {
    body: await readForm(request),
    dpop,
    authorization,
    certificate: context.tokens.findCertificate(request),
    address: context.tokens.findAddress(request),
  };
}

/** Bounded while it arrives; how long it may take is the listener's bound. Throws `token.request_invalid`. */
function readForm(request: IncomingMessage): Promise<Uint8Array> {
  const type = request.headers['content-type']?.split(';')[0]?.trim().toLowerCase();
  if (type !== 'application/x-www-form-urlencoded') {
    return Promise.reject(new AppError('token.request_invalid', { detail: 'content type' }));
  }
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let length = 0;
    request.on('data', (chunk: Buffer) => {
      length += chunk.length;
      if (length <= maxBodyBytes) chunks.push(chunk);
      else reject(new AppError('token.request_invalid', { detail: 'body too large' }));
    });
    request.once('end', () => resolve(Buffer.concat(chunks)));
    // After the end it closes, too, and then has nothing to tell.
    request.once('close', () => {
      if (!request.complete) reject(new AppError('token.request_invalid', { detail: 'body broken off' }));
    });
  });
}
