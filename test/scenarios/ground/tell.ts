import { gzipSync } from 'node:zlib';
import { type GatewayDriver, type HttpReply, sendHttp } from '@countersign/testkit';
import { requireDone } from './use-scene.ts';

export interface Source {
  readonly id: string;
  readonly secret: string;
}

let sources = 0;

/** A credential that is good for telling of these agents. */
export async function addSource(
  gateway: GatewayDriver,
  agentIds: readonly string[],
  more: object = {},
): Promise<Source> {
  sources += 1;
  const body = { name: `source ${sources}`, telemetry: { agentIds, ...more } };
  return requireDone(await gateway.operator('POST', '/v1/tokens/enforcement-points', body));
}

export interface SpanWish {
  readonly trace?: string;
  readonly span?: string;
  readonly parent?: string;
  readonly name?: string;
  /** Epoch milliseconds. */
  readonly at?: number;
  readonly attributes?: { readonly [name: string]: unknown };
}

const idOf = (length: number) =>
  Array.from(crypto.getRandomValues(new Uint8Array(length / 2)), (byte) =>
    byte.toString(16).padStart(2, '0'),
  ).join('');
export const newTrace = () => idOf(32);
export const newSpan = () => idOf(16);

/** A span in OTLP/JSON. */
export function makeSpan({
  trace = newTrace(),
  span = newSpan(),
  parent,
  name = 'chat',
  at = Date.now(),
  attributes = {},
}: SpanWish) {
  return {
    ...{ traceId: trace, spanId: span, name, kind: 3, status: {} },
    ...(parent === undefined ? {} : { parentSpanId: parent }),
    ...{ startTimeUnixNano: `${at}000000`, endTimeUnixNano: `${at + 5}000000` },
    attributes: makeAttributes(attributes),
  };
}

export function makeAttributes(attributes: { readonly [name: string]: unknown }) {
  return Object.entries(attributes).map(([key, value]) => ({
    key,
    value:
      typeof value === 'string'
        ? { stringValue: value }
        : typeof value === 'number'
          ? { intValue: String(value) }
          : { stringValue: JSON.stringify(value) },
  }));
}

export function makeExport(spans: readonly object[], resource: { readonly [name: string]: unknown } = {}) {
  return { resourceSpans: [{ resource: { attributes: makeAttributes(resource) }, scopeSpans: [{ spans }] }] };
}

export interface Telling {
  readonly secret?: string;
  readonly path?: string;
  readonly headers?: { readonly [name: string]: string | undefined };
  readonly gzip?: boolean;
}

/** Sends an export as the exporters do. */
export function sendTelemetry(
  gateway: Pick<GatewayDriver, 'url'>,
  body: object | string | Uint8Array,
  { secret, path = '/otlp/v1/traces', headers = {}, gzip = false }: Telling,
): Promise<HttpReply> {
  const bytes = body instanceof Uint8Array ? body : typeof body === 'string' ? body : JSON.stringify(body);
  return sendHttp({
    url: `${gateway.url}${path}`,
    headers: {
      'content-type': 'application/json',
      ...(secret === undefined ? {} : { authorization: `Bearer ${secret}` }),
      ...(gzip ? { 'content-encoding': 'gzip' } : {}),
      ...headers,
    },
    body: gzip ? gzipSync(bytes) : bytes,
  });
}
