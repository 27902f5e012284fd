import { decisionBody, type RecordedDecision, readFacts } from '../replay/recorded-decision.ts';
import type { Explanation } from './explanation.ts';

export const NOT_REBUILT = {
  erased: 'its records were erased',
  not_captured: 'something of its arguments was not written down',
  unreadable: 'its records do not hold what was asked',
  other_types: 'it is about types that policies declare for another enforcement point',
  every_upstream: 'it asked all upstreams at once',
  mapped: 'an AuthZEN mapping of the upstream had a part in it',
  upstream_gone: 'the upstream is gone',
  tool_changed: 'the tool is gone or is no longer what it was',
  task_gone: 'the task is gone',
  agent_gone: 'an agent of the chain is gone',
} as const;

export function cannotRepeat(why: string): Explanation['repeated'] {
  return { effect: null, isSame: false, why, assumed: [] };
}

export function describeRecorded({ decision, intent }: RecordedDecision): Explanation {
  const body = decisionBody.safeParse(decision.body);
  const { effect: was = 'unknown', decidedBy = 'unknown', reasons = [], policies = [] } = body.data ?? {};
  const { provenance = [] } = (body.success && readFacts(body.data)) || {};
  return {
    record: decision.id,
    action: decision.action ?? '',
    at: decision.at,
    agent: intent.agent ?? null,
    tool: intent.tool === undefined ? (intent.upstream ?? null) : `${intent.upstream ?? ''}/${intent.tool}`,
    recorded: { effect: was, decidedBy, reasons: [...reasons], policies: [...policies], provenance },
    policyVersion: decision.policyVersion ?? null,
    repeated: cannotRepeat('it was not tried'),
    rules: [],
    otherRules: 0,
    now: null,
    changes: [],
    tried: null,
  };
}

/** The path itself refused it: for what a limit of a policy, the task or the caller's token says, not for a rule. */
export function explainRefusal({
  id,
  action,
  at,
  agent,
  upstream,
  tool,
  policyVersion,
  body,
}: StoredRefusal): Explanation {
  const { code = 'unknown', ...more } = body ?? {};
  return {
    ...describeRecorded({
      decision: {
        ...blank,
        id,
        at,
        action: action ?? '',
        ...(policyVersion === undefined ? {} : { policyVersion }),
      },
      intent: { ...blank, ...(agent && { agent }), ...(upstream && { upstream }), ...(tool && { tool }) },
    }),
    recorded: {
      effect: 'refused',
      decidedBy: 'path',
      reasons: [{ ...more, code: String(code) }],
      policies: [],
      provenance: [],
    },
    repeated: cannotRepeat('the path refused it, whatever the policies say'),
  };
}

type StoredRefusal = RecordedDecision['decision'];

const blank = { seq: 0, id: '', kind: '', at: 0, causes: [], erased: false } as const;
