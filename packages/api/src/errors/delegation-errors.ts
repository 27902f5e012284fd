import type { ErrorEntry } from './error-entry.ts';

export const delegationErrors = {
  'delegation.cycle': {
    status: 403,
    jsonRpc: -32600,
    retryable: false,
    caller: 'The authority would come back to an agent that it came through.',
    operator: 'The delegate is a member of the chain above it; a chain has each agent once.',
  },
  'delegation.exceeds_parent': {
    status: 403,
    jsonRpc: -32600,
    retryable: false,
    caller: 'The delegation would reach further than what you may pass on.',
    operator: "The limits are not within the parent's, or not within those of the task it is made in.",
  },
  'delegation.no_approver': {
    status: 409,
    jsonRpc: -32600,
    retryable: false,
    caller: 'Nobody could approve what policy would ask about, so this cannot be delegated yet.',
    operator:
      'For the policies that the detail names, too few eligible approvers other than the person the agent acts for have a passkey.',
  },
  'delegation.not_active': {
    status: 403,
    jsonRpc: -40308,
    retryable: false,
    caller: 'The delegation has expired or was revoked.',
    operator: 'A link of the chain has ended.',
  },
  'delegation.not_found': {
    status: 404,
    jsonRpc: -32602,
    retryable: false,
    caller: 'There is no such delegation.',
    operator: 'Unknown delegation id, or not visible to the caller.',
  },
  'delegation.too_deep': {
    status: 403,
    jsonRpc: -32600,
    retryable: false,
    caller: 'The delegation may not be passed on any further.',
    operator: "The parent's or the task's depth is used up.",
  },
  'delegation.too_many': {
    status: 403,
    jsonRpc: -32600,
    retryable: false,
    caller: 'Too many delegations stand on this one already. Revoke those nobody needs.',
    operator: 'At most 256 live delegations are made from one, and 1024 stand below one of a person.',
  },
} as const satisfies Readonly<Record<string, ErrorEntry>>;
