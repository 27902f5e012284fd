import type { HttpReply } from '@countersign/testkit';

type Json = { readonly [name: string]: unknown };

/** The product's error code in a reply of any front door, or undefined when it is no refusal. */
export function readRefusal(reply: HttpReply): string | undefined {
  const body = asObject(reply.json);
  const result = asObject(body.result);
  const facts = asObject(asObject(result._meta)['countersign/refusal']);
  const code = facts.code ?? asObject(asObject(body.error).data).code ?? body.code;
  return typeof code === 'string' ? code : undefined;
}

/** True when a call was carried out, as far as its caller can tell. */
export function isResult(reply: HttpReply): boolean {
  const { result } = asObject(reply.json);
  return reply.status === 200 && result !== undefined && asObject(result).isError !== true;
}

function asObject(value: unknown): Json {
  return typeof value === 'object' && value !== null ? (value as Json) : {};
}
