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
  'exposure.evidence_not_found': {
    status: 404,
    jsonRpc: -32602,
    retryable: false,
    caller: 'There is no such report of evidence.',
    operator: 'Unknown id of a report; only the newest 50 are kept. The record of its making stays.',
  },
  'exposure.evidence_period': {
    status: 400,
    jsonRpc: -32602,
    retryable: false,
    caller: 'A report is about a period that begins before it ends, of at most 400 days.',
    operator: '`from` is not before `to`, or more than 400 days before it.',
  },
  'exposure.evidence_running': {
    status: 409,
    jsonRpc: -32600,
    retryable: true,
    caller: 'A report of evidence is being made. Ask again when it is done.',
    operator: 'One report at a time, because each looks through a whole period.',
  },
  'exposure.evidence_too_long': {
    status: 503,
    jsonRpc: -32603,
    retryable: true,
    caller: 'There was not enough time to look at everything. Ask for a shorter period, or fewer frameworks.',
    operator:
      'Looking through the period took more than 120 seconds. Nothing is left out in silence, so no report was made.',
  },
} as const satisfies Readonly<Record<string, ErrorEntry>>;
