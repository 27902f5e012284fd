import type { ErrorEntry } from './error-entry.ts';

export const approvalErrors = {
  'approval.already_decided': {
    status: 409,
    jsonRpc: -32600,
    retryable: false,
    caller: 'This request was decided already.',
    operator: 'A second decision on a final approval.',
  },
  'approval.denied': {
    status: 403,
    jsonRpc: -40305,
    retryable: false,
    caller: 'A person refused this action. Do not retry it or try another way.',
    operator: 'An approver denied the request.',
  },
  'approval.digest_mismatch': {
    status: 409,
    jsonRpc: -32600,
    retryable: false,
    caller: 'What was signed is not this action.',
    operator: 'The signed challenge differs from the stored action digest.',
  },
  'approval.expired': {
    status: 403,
    jsonRpc: -40306,
    retryable: false,
    caller: 'Nobody approved in time, so the action is refused.',
    operator: 'The request timed out.',
  },
  'approval.insufficient': {
    status: 403,
    jsonRpc: -40312,
    retryable: false,
    caller: 'What was approved is no longer enough for this action.',
    operator: 'The votes do not satisfy what the policy in force requires, or a voter lost the role.',
  },
  'approval.is_drill': {
    status: 409,
    jsonRpc: -32600,
    retryable: false,
    caller: 'This request was only a drill. It releases nothing.',
    operator: 'Something tried to release the approval of a drill; nothing that is real ever asks for one.',
  },
  'approval.limits_wider': {
    status: 400,
    jsonRpc: -32600,
    retryable: false,
    caller: 'You can give less than was asked for, never more.',
    operator: 'The limits given with an approval of authority are not within those that the agent asked for.',
  },
  'approval.not_eligible': {
    status: 403,
    jsonRpc: -32600,
    retryable: false,
    caller: 'You are not among those who may decide this.',
    operator: 'The person lacks the role or is excluded by separation of duties.',
  },
  'approval.not_found': {
    status: 404,
    jsonRpc: -32602,
    retryable: false,
    caller: 'There is no such approval request.',
    operator: 'Unknown approval id, or not visible to the caller.',
  },
  'approval.state_invalid': {
    status: 400,
    jsonRpc: -32602,
    retryable: false,
    caller: 'The request state is not valid for this call.',
    operator: 'requestState failed its seal, expired, or belongs to another call.',
  },
} as const satisfies Readonly<Record<string, ErrorEntry>>;
