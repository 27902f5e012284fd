import type { ErrorEntry } from './error-entry.ts';

export const reviewErrors = {
  'review.changed': {
    status: 409,
    jsonRpc: -32600,
    retryable: false,
    caller: 'This is not what you looked at any more. Look at it again.',
    operator:
      'A tool was used for the first time, or limits, owner, findings or policies changed since the page was shown.',
  },
  'review.empty': {
    status: 400,
    jsonRpc: -32602,
    retryable: false,
    caller: 'There is nothing to review.',
    operator: 'No agent and no delegation in force is in the scope of the review.',
  },
  'review.not_closable': {
    status: 409,
    jsonRpc: -32600,
    retryable: false,
    caller: 'Not everything of this review is decided yet.',
    operator: 'A review is closed once every item is decided, or by itself at its deadline.',
  },
  'review.not_found': {
    status: 404,
    jsonRpc: -32602,
    retryable: false,
    caller: 'There is no such review or item.',
    operator: 'Unknown id of a review, an item, or a report that is not made yet.',
  },
  'review.not_open': {
    status: 409,
    jsonRpc: -32600,
    retryable: false,
    caller: 'This can no longer be decided.',
    operator: 'The item was decided, the review closed, or its time is over; the detail says which.',
  },
  'review.not_undoable': {
    status: 409,
    jsonRpc: -32600,
    retryable: false,
    caller: 'This decision cannot be undone.',
    operator:
      'It changed nothing, retired the agent, or what it rested on has changed; the detail says which.',
  },
  'review.one_by_one': {
    status: 403,
    jsonRpc: -32600,
    retryable: false,
    caller: 'There is nothing here that may be decided together.',
    operator:
      'Only what is of risk tier 0 or 1 and changes no policy is decided together; the rest is signed one by one.',
  },
  'review.own': {
    status: 403,
    jsonRpc: -32600,
    retryable: false,
    caller: 'Nobody reviews what they own or gave at this risk.',
    operator: 'Separation of duties: the top tier is reviewed by others than its owner and giver.',
  },
  'review.reason_needed': {
    status: 400,
    jsonRpc: -32602,
    retryable: false,
    caller: 'Say why it is to stay as it is.',
    operator: 'Keeping more than was used needs a reason, which is signed and kept.',
  },
  'review.too_large': {
    status: 400,
    jsonRpc: -32602,
    retryable: false,
    caller: 'This is too much for one review. Narrow its scope.',
    operator: 'A review has at most 500 items: name an owner, an upstream or a tier.',
  },
} as const satisfies Readonly<Record<string, ErrorEntry>>;
