import type { ErrorEntry } from './error-entry.ts';

export const agentErrors = {
  'agent.exists': {
    status: 409,
    jsonRpc: -32600,
    retryable: false,
    caller: 'An agent with this name or key exists.',
    operator: 'Names and keys are unique.',
  },
  'agent.handover_not_found': {
    status: 404,
    jsonRpc: -32602,
    retryable: false,
    caller: 'There is no such handover.',
    operator: 'Unknown id of a handover of agents.',
  },
  'agent.handover_not_open': {
    status: 409,
    jsonRpc: -32600,
    retryable: false,
    caller: 'This handover can no longer be answered.',
    operator: 'It was answered or taken back before, or it expired; the detail says which. Propose it again.',
  },
  'agent.key_invalid': {
    status: 400,
    jsonRpc: -32602,
    retryable: false,
    caller: 'The key must be one public Ed25519 or P-256 JWK.',
    operator: 'The registration key was private, of another type, or malformed.',
  },
  'agent.not_active': {
    status: 403,
    jsonRpc: -40304,
    retryable: false,
    caller: 'The agent is not active.',
    operator: 'The agent is registered, suspended, orphaned or retired.',
  },
  'agent.not_found': {
    status: 404,
    jsonRpc: -32602,
    retryable: false,
    caller: 'There is no such agent.',
    operator: 'Unknown agent id, or not visible to the caller.',
  },
  'agent.notification_endpoint_refused': {
    status: 400,
    jsonRpc: -32600,
    retryable: false,
    caller: 'This address cannot be notified. Use https, or http on this machine.',
    operator:
      'The notification endpoint is no https URL and no http URL on a loopback address, or it leads to a private network.',
  },
  'agent.transition_refused': {
    status: 409,
    jsonRpc: -32600,
    retryable: false,
    caller: 'The agent cannot change to that state now.',
    operator: 'The lifecycle has no such transition.',
  },
  'agent.workload_exists': {
    status: 409,
    jsonRpc: -32600,
    retryable: false,
    caller: 'This workload is bound to an agent already.',
    operator: 'One workload is one agent: remove the other binding first.',
  },
  'agent.workload_not_found': {
    status: 404,
    jsonRpc: -32602,
    retryable: false,
    caller: 'The agent has no such workload.',
    operator: 'Unknown workload id, removed, or of another agent.',
  },
} as const satisfies Readonly<Record<string, ErrorEntry>>;
