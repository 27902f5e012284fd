import type { ServerResponse } from 'node:http';
import { AppError } from '@countersign/api';
import { isJsonObject } from '@countersign/core';
import type { Outcome } from '../../actions/index.ts';
import { type ApiExchange, type ApiReply, findText } from '../../upstreams/index.ts';

/** Where answers go, and what every one of them carries. */
export interface AnswerParts {
  readonly response: ServerResponse;
  /** Below which addresses of the upstream are found here. */
  readonly root: string;
  standing(): Readonly<Record<string, string>>;
}

/** What an upstream wrote is nothing that a browser may run or keep under this server's name. */
const safety = {
  'cache-control': 'no-store',
  'content-security-policy': "sandbox; default-src 'none'",
  'x-content-type-options': 'nosniff',
};

/** Room for an answer that is passed on as it comes: no faster than its caller reads. */
export function openAnswer(parts: AnswerParts): ApiExchange['open'] {
  const { response } = parts;
  return ({ status, headers }) => {
    response.writeHead(status, describeHeaders(parts, headers));
    response.flushHeaders();
    return {
      write: (chunk) =>
        new Promise((resolve, reject) => {
          if (response.destroyed) return reject(new AppError('action.aborted'));
          if (response.write(chunk)) return resolve();
          const done = () => {
            response.removeListener('drain', done);
            response.removeListener('close', done);
            resolve();
          };
          response.once('drain', done);
          response.once('close', done);
        }),
      end: async () => {
        response.end();
      },
    };
  };
}

/** Writes an answer that came whole; one that was passed on has been written. */
export function writeAnswer(parts: AnswerParts, outcome: Outcome & { kind: 'completed' }): void {
  const { http, response: message } = outcome;
  if (http === null) throw new AppError('server.internal');
  if (http.body === 'passed') return;
  const result = isJsonObject(message?.result) ? message.result : {};
  const text = http.body === 'json' ? JSON.stringify(result.structuredContent) : findText(result);
  const body = http.body === 'none' ? null : text;
  const length = body === null ? {} : { 'content-length': String(Buffer.byteLength(body)) };
  parts.response.writeHead(http.status, { ...describeHeaders(parts, http.headers), ...length });
  parts.response.end(body ?? undefined);
}

/** Addresses came as paths below the API: here they are below its door. */
function describeHeaders(parts: AnswerParts, headers: ApiReply['headers']): Record<string, string> {
  const { root } = parts;
  const seen = headers.map(([name, value]) => {
    if (name === 'location') return [name, `${root}${value}`];
    return [name, name === 'link' ? value.replaceAll(/<(?=[/?]|>)/g, `<${root}`) : value];
  });
  return { ...Object.fromEntries(seen), ...parts.standing(), ...safety };
}
