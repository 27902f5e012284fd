import type { GateDecision } from './gate.ts';

/** Reads an answer strictly: only one that says `allow` allows. Throws `TypeError` for what is no answer. */
export function readDecision(answer: unknown): GateDecision {
  const { decision, notices, reason, message, approval } = (answer ?? {}) as Readonly<
    Record<string, unknown>
  >;
  if (decision === 'allow') return { decision, notices: Array.isArray(notices) ? notices.map(String) : [] };
  if (decision !== 'deny' && decision !== 'pending') throw new TypeError('the answer is no decision');
  const link = (approval as { readonly link?: unknown } | undefined)?.link;
  return {
    decision,
    reason: typeof reason === 'string' ? reason : 'action.pending',
    message: typeof message === 'string' ? message : 'The call was not made.',
    ...(typeof link === 'string' ? { link } : {}),
  };
}
