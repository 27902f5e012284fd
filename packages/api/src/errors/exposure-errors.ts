import type { ErrorEntry } from './error-entry.ts';

export const exposureErrors = {
  'exposure.drill_invalid': {
    status: 400,
    jsonRpc: -32602,
    retryable: false,
    caller: 'This is not a drill that can be run.',
    operator:
      'A drill file breaks its schema or its bounds; the detail names the file, the line and what is wrong.',
  },
  'exposure.drill_not_found': {
    status: 404,
    jsonRpc: -32602,
    retryable: false,
    caller: 'There is no such drill, run or schedule.',
    operator: 'Unknown name of a drill, id of a run, or nothing is scheduled.',
  },
  'exposure.drills_running': {
    status: 409,
    jsonRpc: -32600,
    retryable: true,
    caller: 'Drills are running already. Ask again when they are done.',
    operator: 'One run of drills at a time, so that what they measure is theirs.',
  },
} as const satisfies Readonly<Record<string, ErrorEntry>>;
