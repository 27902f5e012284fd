import type { ErrorEntry } from './error-entry.ts';

export const signalErrors = {
  'signal.not_found': {
    status: 404,
    jsonRpc: -32602,
    retryable: false,
    caller: 'There is no such stop.',
    operator: 'Unknown stop id.',
  },
  'signal.stopped': {
    status: 403,
    jsonRpc: -40309,
    retryable: false,
    caller: 'A person has stopped this. Do not retry.',
    operator: 'A stop matches the agent, task, delegation, owner, tool, upstream or everything.',
  },
} as const satisfies Readonly<Record<string, ErrorEntry>>;
