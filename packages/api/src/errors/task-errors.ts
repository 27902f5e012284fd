import type { ErrorEntry } from './error-entry.ts';

export const taskErrors = {
  'task.budget_spent': {
    status: 403,
    jsonRpc: -40310,
    retryable: false,
    caller: "The task's budget is used up.",
    operator: 'Calls or spend reached the limit of the task or its delegation.',
  },
  'task.declassification_not_found': {
    status: 404,
    jsonRpc: -32602,
    retryable: false,
    caller: 'There is no such declassification.',
    operator: 'Unknown id of a proposed declassification.',
  },
  'task.declassification_not_open': {
    status: 409,
    jsonRpc: -32600,
    retryable: false,
    caller: 'This declassification cannot be signed any more.',
    operator:
      'It was signed before, it expired, the task is over or has no such label, it has read more with that label since this was proposed, or the server was restarted since.',
  },
  'task.exceeds_delegation': {
    status: 403,
    jsonRpc: -32600,
    retryable: false,
    caller: 'The task would reach further than its delegation.',
    operator: "The task's limits are not within the delegation's.",
  },
  'task.fan_out': {
    status: 429,
    jsonRpc: -40317,
    retryable: true,
    caller:
      'Too many tasks or delegations are made inside this task; do more of the work yourself, or wait a minute.',
    operator: 'More were made in one window than `cascades.children` allows; twice as many pause the agent.',
  },
  'task.handed_over': {
    status: 503,
    jsonRpc: -40546,
    retryable: true,
    caller: 'Another gateway goes on with this task, so this connection was ended. Connect again.',
    operator:
      'A call of the task came to another gateway while this one only listened, or took longer than its upstream may for an answer. Calls of one task are best sent to one gateway.',
  },
  'task.held_elsewhere': {
    status: 503,
    jsonRpc: -40547,
    retryable: true,
    caller:
      'Another gateway is still busy with this task. Try again in a moment, or at the same gateway as before.',
    operator:
      'A call of the task, or of one in its line, is under way at another gateway, which hands the task over when it has ended. Calls of one task are best sent to one gateway.',
  },
  'task.history_full': {
    status: 403,
    jsonRpc: -40313,
    retryable: false,
    caller: 'The task has done too many different things; open another.',
    operator:
      'A task remembers at most 256 tools, data domains and upstreams; what it could not remember is refused.',
  },
  'task.labels_changed': {
    status: 409,
    jsonRpc: -40318,
    retryable: true,
    caller: 'What the task has read counts otherwise than a moment ago; try again.',
    operator:
      'The call was ruled on under a declassification whose last call another one took, or which ended, at the same time.',
  },
  'task.not_found': {
    status: 404,
    jsonRpc: -32602,
    retryable: false,
    caller: 'There is no such task.',
    operator: 'Unknown task id, or not visible to the caller.',
  },
  'task.not_paused': {
    status: 409,
    jsonRpc: -32600,
    retryable: false,
    caller: 'The work of this task is not paused.',
    operator:
      'There is nothing to resume; a person may have ended the task, or another agent of its line is the one paused.',
  },
  'task.not_open': {
    status: 403,
    jsonRpc: -40311,
    retryable: false,
    caller: 'The task has ended.',
    operator: 'The task was ended or expired.',
  },
  'task.plan_changed': {
    status: 409,
    jsonRpc: -40315,
    retryable: true,
    caller: 'What the task may do without asking changed meanwhile; try again.',
    operator: 'The plan of the task was amended or narrowed, or its last use was taken, at the same time.',
  },
  'task.plan_too_large': {
    status: 403,
    jsonRpc: -32600,
    retryable: false,
    caller: 'The plan of the task cannot take this in; open another task.',
    operator: 'A plan holds at most 1024 entries and 256 KiB; an amendment at most 32 calls and 64 KiB.',
  },
  'task.plan_unchanged': {
    status: 409,
    jsonRpc: -32600,
    retryable: false,
    caller: 'There is nothing in this that the plan of the task would have to be changed for.',
    operator: 'Every call that was announced is covered already, or can be no part of a plan.',
  },
  'task.plan_wider': {
    status: 403,
    jsonRpc: -32600,
    retryable: false,
    caller: 'This would let the task do more than its plan does now, or than was asked for.',
    operator: 'A change that may only narrow a plan or an amendment would have widened it.',
  },
  'task.prompt_fixed': {
    status: 409,
    jsonRpc: -32600,
    retryable: false,
    caller: 'The prompt of this task can no longer be given by its agent.',
    operator:
      'An agent gives the prompt of a first task once, before the task has done anything: afterwards it could be words that the agent has read.',
  },
  'task.paused': {
    status: 403,
    jsonRpc: -40316,
    retryable: false,
    caller:
      'This work is paused, and the person responsible was told. Do not retry it, or try another way: only a person resumes it.',
    operator:
      'Loops, fan-out, failures or refusals in the task passed what `cascades` allows; the record `task.paused` says which. It holds for new tasks too, until a person resumes or ends the task.',
  },
  'task.telemetry_invalid': {
    status: 400,
    jsonRpc: -32600,
    retryable: false,
    caller: 'This is no telemetry that could be read.',
    operator:
      'The body is no OTLP export in the form that its content type names, or it is cut off or packed wrongly.',
  },
  'task.telemetry_signal_refused': {
    status: 404,
    jsonRpc: -32601,
    retryable: false,
    caller: 'Only traces and logs are taken here.',
    operator:
      'An exporter sends something else, such as metrics, or to another path: set OTEL_METRICS_EXPORTER=none, or its address to /otlp.',
  },
  'task.telemetry_type_refused': {
    status: 415,
    jsonRpc: -32600,
    retryable: false,
    caller: 'Telemetry is taken as application/x-protobuf or application/json, plain or with gzip.',
    operator: 'An exporter has another protocol or compression configured; gRPC is not spoken here.',
  },
  'task.too_deep': {
    status: 403,
    jsonRpc: -32600,
    retryable: false,
    caller: 'Too many tasks stand on each other already.',
    operator: 'A task works for another, that for another, and so on: at most 16 of them.',
  },
} as const satisfies Readonly<Record<string, ErrorEntry>>;
