import type { ErrorEntry } from './error-entry.ts';

export const taskErrors = {
  'task.budget_spent': {
    status: 403,
    jsonRpc: -40310,
    retryable: false,
    caller: "The task's budget is used up.",
    operator: 'Calls or spend reached the limit of the task or its delegation.',
  },
  'task.exceeds_delegation': {
    status: 403,
    jsonRpc: -32600,
    retryable: false,
    caller: 'The task would reach further than its delegation.',
    operator: "The task's limits are not within the delegation's.",
  },
  'task.history_full': {
    status: 403,
    jsonRpc: -40313,
    retryable: false,
    caller: 'The task has done too many different things; open another.',
    operator:
      'A task remembers at most 256 tools, data domains and upstreams; what it could not remember is refused.',
  },
  'task.not_found': {
    status: 404,
    jsonRpc: -32602,
    retryable: false,
    caller: 'There is no such task.',
    operator: 'Unknown task id, or not visible to the caller.',
  },
  'task.not_open': {
    status: 403,
    jsonRpc: -40311,
    retryable: false,
    caller: 'The task has ended.',
    operator: 'The task was ended or expired.',
  },
  'task.too_deep': {
    status: 403,
    jsonRpc: -32600,
    retryable: false,
    caller: 'Too many tasks stand on each other already.',
    operator: 'A task works for another, that for another, and so on: at most 16 of them.',
  },
} as const satisfies Readonly<Record<string, ErrorEntry>>;
