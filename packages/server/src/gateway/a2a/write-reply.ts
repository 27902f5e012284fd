import type { ServerResponse } from 'node:http';
import { AppError } from '@countersign/api';
import { isJsonObject, type JsonObject } from '@countersign/core';
import type { ApiExchange } from '../../upstreams/index.ts';
import { createEventStream } from '../../upstreams/index.ts';
import type { Binding } from './binding.ts';

/** Where one request is answered: with one response, or with an event for each. */
export interface PeerReply {
  /** One result; the only one, unless more is passed on as it comes. */
  tell(result: JsonObject): Promise<void>;
  /** The end of a stream. */
  end(): void;
  refuse(error: AppError): void;
  /** An error that the peer itself answered with. */
  pass(error: JsonObject): Promise<void>;
  /** Room for a stream of the peer, each event of which `expose` makes the caller's. */
  open(expose: (answer: JsonObject) => Promise<JsonObject>): ApiExchange['open'];
}

const longestEvent = 67_108_864;
export interface ReplyParts {
  readonly response: ServerResponse;
  readonly standing: () => Readonly<Record<string, string>>;
  readonly binding: Binding;
  isStream(): boolean;
}

export function openReply({ response, standing, binding, isStream }: ReplyParts): PeerReply {
  const begin = () => {
    if (response.headersSent) return;
    response.writeHead(200, { ...standing(), ...safety, 'content-type': 'text/event-stream' });
    response.flushHeaders();
  };
  const writeEvent = (body: JsonObject, before = ''): Promise<void> => {
    begin();
    return write(response, `${before}data: ${JSON.stringify(body)}\n\n`);
  };
  const writeWhole = (status: number, headers: Readonly<Record<string, string>>, body: JsonObject) => {
    if (response.headersSent || response.destroyed) return void response.destroy();
    const text = JSON.stringify(body);
    const lower = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]);
    response.writeHead(status, {
      ...{ ...standing(), ...safety, ...Object.fromEntries(lower), 'content-type': binding.contentType },
      'content-length': String(Buffer.byteLength(text)),
    });
    response.end(text);
  };
  const reply: PeerReply = {
    async tell(result) {
      if (isStream()) await writeEvent(binding.frameResult(result));
      else writeWhole(200, {}, binding.frameResult(result));
    },
    end() {
      if (isStream()) response.end();
    },
    refuse(error) {
      const { status, body } = binding.frameError(error);
      if (response.headersSent && isStream()) {
        writeEvent(body, binding.errorEvent).then(reply.end, () => response.destroy());
        return;
      }
      writeWhole(status, error.headers ?? {}, body);
    },
    async pass({ code, message }) {
      const { status, body } = binding.framePassed(Number(code), String(message));
      if (isStream() && response.headersSent) await writeEvent(body, binding.errorEvent);
      else writeWhole(status, {}, body);
    },
    open: (expose) => () => {
      begin();
      const events = createEventStream(longestEvent);
      return {
        async write(chunk) {
          for (const data of events.push(chunk)) {
            const said: unknown = JSON.parse(data);
            if (!isJsonObject(said)) throw new AppError('upstream.lied');
            if (isJsonObject(said.error)) await reply.pass(said.error);
            else
              await writeEvent(
                binding.frameResult(await expose(isJsonObject(said.result) ? said.result : {})),
              );
          }
        },
        async end() {},
      };
    },
  };
  return reply;
}

/** What an agent elsewhere wrote is nothing that a browser may run or keep under this server's name. */
const safety = {
  'cache-control': 'no-store',
  'content-security-policy': "sandbox; default-src 'none'",
  'x-content-type-options': 'nosniff',
};

/** No faster than its caller reads. */
function write(response: ServerResponse, text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    if (response.destroyed) return reject(new AppError('action.aborted'));
    if (response.write(text)) return resolve();
    const done = () => {
      response.removeListener('drain', done);
      response.removeListener('close', done);
      resolve();
    };
    response.once('drain', done);
    response.once('close', done);
  });
}
