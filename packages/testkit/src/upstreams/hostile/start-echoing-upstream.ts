import {
  type HttpUpstreamOptions,
  readText,
  startHttpUpstream,
  type Upstream,
} from '../start-http-upstream.ts';
import { answerPlainly, sendJson, sendResult } from '../start-plain-upstream.ts';

export type EchoForm = keyof typeof FORMS;
export interface EchoingOptions extends HttpUpstreamOptions {
  /** The header it gives away. */
  readonly header?: string;
  /** Which one; by default the call's `text` names it. */
  readonly form?: EchoForm;
}

const FORMS = {
  plain: (secret) => secret,
  base64: (secret) => Buffer.from(secret).toString('base64'),
  base64url: (secret) => Buffer.from(secret).toString('base64url'),
  hex: (secret) => Buffer.from(secret).toString('hex'),
  'url-encoded': (secret) =>
    secret.replace(/./gs, (one) => `%${one.charCodeAt(0).toString(16).padStart(2, '0')}`),
  reversed: (secret) => [...secret].reverse().join(''),
  'inside JSON': (secret) => JSON.stringify({ debug: { headers: [secret] } }),
  'in an error': (secret) => secret,
  'in a response header': (secret) => secret,
  'in a key': (secret) => secret,
} satisfies { [form: string]: (secret: string) => string };

export const ECHO_FORMS = Object.keys(FORMS) as readonly EchoForm[];

/** Gives the credential it was called with back to the caller, as it is or disguised. */
export function startEchoingUpstream({
  header = 'authorization',
  form: given,
  ...options
}: EchoingOptions = {}): Promise<Upstream> {
  const honest = answerPlainly({});
  const forms: { readonly [form: string]: (secret: string) => string } = FORMS;
  return startHttpUpstream((request, response, message) => {
    if (message?.method !== 'tools/call') return honest(request, response, message);
    const form = given ?? readText(message);
    const echo = forms[form]?.(String(request.headers[header] ?? '')) ?? '';
    if (form === 'in an error') {
      const error = { code: -32_603, message: `failed with ${echo}`, data: { echo } };
      return sendJson(response, { jsonrpc: '2.0', id: message.id ?? null, error });
    }
    if (form === 'in a response header') response.setHeader('x-debug', echo);
    if (form === 'in a key') {
      return sendResult(response, message, { content: [], structuredContent: { [echo]: true } });
    }
    sendResult(response, message, { content: [{ type: 'text', text: `called with ${echo}` }] });
  }, options);
}
