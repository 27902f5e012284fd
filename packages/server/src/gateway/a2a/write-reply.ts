import type { ServerResponse } from 'node:http';
import { AppError } from '@countersign/api';
import { isJsonObject, type JsonObject } from '@countersign/core';
import type { ApiExchange } from '../../upstreams/index.ts';
import { createEventStream } from '../../upstreams/index.ts';
import type { ReadRequest } from './read-request.ts';

/** Where one request is answered: with one JSON-RPC response, or with an event for each. */
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
const domain = 'countersign';
/** Statuses that HTTP and OAuth give a meaning to; every other refusal of an understood request is an answer, so 200. */
const transportStatuses = new Set([400, 401, 404, 405, 413, 415, 429, 503]);
/** Errors of ours that A2A has a code for. */
const codes: Readonly<Record<string, number>> = {
  'action.malformed': -32_600,
  'action.protocol_unsupported': -32_009,
  'action.push_refused': -32_003,
  'action.task_unknown': -32_001,
  'action.arguments_invalid': -32_602,
  'action.tool_unknown': -32_602,
  'upstream.lied': -32_006,
};
const passedCodes = new Set([
  -32_001, -32_002, -32_004, -32_005, -32_006, -32_007, -32_008, -32_602, -32_603,
]);

export interface ReplyParts {
  readonly response: ServerResponse;
  readonly standing: () => Readonly<Record<string, string>>;
  /** Null until the request is known. */
  idOf(): ReadRequest['id'];
  isStream(): boolean;
}

export function openReply({ response, standing, idOf, isStream }: ReplyParts): PeerReply {
  const begin = () => {
    if (response.headersSent) return;
    response.writeHead(200, { ...standing(), ...safety, 'content-type': 'text/event-stream' });
    response.flushHeaders();
  };
  const writeEvent = (body: JsonObject): Promise<void> => {
    begin();
    return write(response, `data: ${JSON.stringify({ jsonrpc: '2.0', id: idOf(), ...body })}\n\n`);
  };
  const writeWhole = (status: number, headers: Readonly<Record<string, string>>, body: JsonObject) => {
    if (response.headersSent || response.destroyed) return void response.destroy();
    const text = JSON.stringify({ jsonrpc: '2.0', id: idOf(), ...body });
    const lower = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]);
    response.writeHead(status, {
      ...{ ...standing(), ...safety, ...Object.fromEntries(lower), 'content-type': 'application/json' },
      'content-length': String(Buffer.byteLength(text)),
    });
    response.end(text);
  };
  const reply: PeerReply = {
    async tell(result) {
      if (isStream()) await writeEvent({ result });
      else writeWhole(200, {}, { result });
    },
    end() {
      if (isStream()) response.end();
    },
    refuse(error) {
      const { entry, code, detail, headers = {} } = error;
      const message = detail === undefined ? entry.caller : `${entry.caller} (${detail})`;
      const info = {
        ...{ '@type': 'type.googleapis.com/google.rpc.ErrorInfo', reason: code, domain },
        metadata: { retryable: String(entry.retryable) },
      };
      const body = { error: { code: codes[code] ?? entry.jsonRpc, message, data: [info] } };
      if (response.headersSent && isStream()) {
        writeEvent(body).then(reply.end, () => response.destroy());
        return;
      }
      const isTransport = transportStatuses.has(entry.status) || code === 'action.origin_refused';
      writeWhole(isTransport ? entry.status : 200, headers, body);
    },
    async pass({ code, message }) {
      const known = passedCodes.has(Number(code)) ? Number(code) : -32_603;
      const body = { error: { code: known, message: String(message) } };
      if (isStream() && response.headersSent) await writeEvent(body);
      else writeWhole(200, {}, body);
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
            else await writeEvent({ result: await expose(isJsonObject(said.result) ? said.result : {}) });
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
