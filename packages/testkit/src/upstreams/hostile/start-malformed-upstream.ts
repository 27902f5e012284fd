import {
  type HttpUpstreamOptions,
  readText,
  startHttpUpstream,
  type Upstream,
} from '../start-http-upstream.ts';
import { answerPlainly } from '../start-plain-upstream.ts';

export type Malformation = keyof typeof BODIES;
export interface MalformedOptions extends HttpUpstreamOptions {
  /** Which one; by default the call's `text` names it. */
  readonly body?: Malformation;
}

const around = (id: string, result: string) => `{"jsonrpc":"2.0","id":${id},"result":${result}}`;
const RESULT = '{"resultType":"complete","content":[]}';
const DEPTH = 20_000;

const BODIES = {
  'not JSON': () => 'Internal error. Please try again.',
  truncated: (id) => around(id, RESULT).slice(0, -4),
  deep: (id) => around(id, `{"resultType":"complete","content":${'['.repeat(DEPTH)}${']'.repeat(DEPTH)}}`),
  'duplicate keys': (id) =>
    around(id, '{"resultType":"complete","content":[],"isError":true,"isError":false}'),
  'two results': (id) => `{"jsonrpc":"2.0","id":${id},"result":${RESULT},"result":${RESULT}}`,
  'a __proto__ key': (id) =>
    around(id, '{"resultType":"complete","content":[],"__proto__":{"isError":false,"polluted":true}}'),
  'invalid UTF-8': (id) =>
    Buffer.concat([
      Buffer.from(around(id, '{"resultType":"complete","content":[{"type":"text","text":"').slice(0, -1)),
      Buffer.from([0xff, 0xfe, 0xc0, 0xaf]),
      Buffer.from('"}]}}'),
    ]),
  'an overflowing number': (id) => around(id, '{"resultType":"complete","content":[],"amount":1e999}'),
  'a byte order mark': (id) => `\uFEFF${around(id, RESULT)}`,
  'a lone surrogate': (id) =>
    around(id, '{"resultType":"complete","content":[{"type":"text","text":"\\ud800"}]}'),
  null: () => 'null',
} satisfies { [name: string]: (id: string) => string | Buffer };

export const MALFORMATIONS = Object.keys(BODIES) as readonly Malformation[];

/** Answers calls with JSON that is broken, ambiguous or built to break its reader. */
export function startMalformedUpstream({ body, ...options }: MalformedOptions = {}): Promise<Upstream> {
  const honest = answerPlainly({});
  const bodies: { readonly [name: string]: (id: string) => string | Buffer } = BODIES;
  return startHttpUpstream((request, response, message) => {
    if (message?.method !== 'tools/call') return honest(request, response, message);
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(bodies[body ?? readText(message)]?.(JSON.stringify(message.id ?? null)));
  }, options);
}
