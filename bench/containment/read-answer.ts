import type { HttpReply } from '@countersign/testkit';
import type { Verdict } from './verdict.ts';

export interface Answer {
  readonly verdict: Verdict;
  /** What a person was asked; null when nobody was. */
  readonly approval: string | null;
}

type Json = { readonly [name: string]: unknown };

/** What the agent was told of its call. Throws for an answer that is neither a result, a question nor a refusal. */
export function readAnswer(reply: HttpReply): Answer {
  const body = asObject(reply.json);
  const result = asObject(body.result);
  const meta = asObject(result._meta);
  const { approval } = asObject(meta['countersign/approval']);
  if (typeof approval === 'string')
    return { verdict: { effect: 'ask', final: 'deny', why: '', evidence: approval }, approval };
  const refusal = asObject(meta['countersign/refusal']);
  const { data } = asObject(body.error);
  const code = refusal.code ?? asObject(data).code ?? body.code;
  if (typeof code === 'string')
    return { verdict: refuse(describe(code, refusal), refusal.decision), approval: null };
  if (reply.status !== 200 || body.result === undefined)
    throw new Error(`no answer: ${reply.status} ${reply.body.slice(0, 300)}`);
  return { verdict: { effect: 'allow', final: 'allow', why: '', evidence: null }, approval: null };
}

function refuse(why: string, decision: unknown): Verdict {
  const evidence = typeof decision === 'string' ? decision : null;
  return { effect: 'deny', final: 'deny', why, evidence };
}

function describe(code: string, { policies, detail }: Json): string {
  const by = Array.isArray(policies) ? policies.join(', ') : (detail ?? '');
  return by === '' ? code : `${code} (${String(by)})`;
}

function asObject(value: unknown): Json {
  return typeof value === 'object' && value !== null ? (value as Json) : {};
}
