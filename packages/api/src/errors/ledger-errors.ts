import type { ErrorEntry } from './error-entry.ts';

export const ledgerErrors = {
  'ledger.keys_missing': {
    status: 500,
    jsonRpc: -32603,
    retryable: false,
    caller: 'The evidence store cannot be opened.',
    operator:
      'The keys of the evidence, evidence.keys in the data folder, are not there or not this ledger’s.',
  },
  'ledger.keys_rolled_back': {
    status: 500,
    jsonRpc: -32603,
    retryable: false,
    caller: 'The evidence store cannot be opened.',
    operator: 'The file evidence.keys is older than the last erasure: it could open what was erased.',
  },
  'ledger.overloaded': {
    status: 503,
    jsonRpc: -40501,
    retryable: true,
    caller: 'The evidence store is busy; nothing was done. Try again.',
    operator: 'The append queue is full.',
  },
  'ledger.query_invalid': {
    status: 400,
    jsonRpc: -32602,
    retryable: false,
    caller: 'The search cannot be understood; the detail names the place and what was expected there.',
    operator: 'A query of the ledger does not follow the language of docs/search.md, or is over its bounds.',
  },
  'ledger.query_name_taken': {
    status: 409,
    jsonRpc: -32602,
    retryable: false,
    caller: 'Somebody else shares a search of that name. Choose another one.',
    operator: 'Names of shared searches are unique.',
  },
  'ledger.query_not_found': {
    status: 404,
    jsonRpc: -32602,
    retryable: false,
    caller: 'There is no such saved search.',
    operator: 'No search of that name is the caller’s own or shared.',
  },
  'ledger.record_not_found': {
    status: 404,
    jsonRpc: -32602,
    retryable: false,
    caller: 'There is no such record.',
    operator: 'Unknown record id, or not visible to the caller.',
  },
  'ledger.record_too_large': {
    status: 413,
    jsonRpc: -32600,
    retryable: false,
    caller: 'This is too large to keep evidence of, so it was refused.',
    operator: 'A ledger record exceeds 1 MiB of JSON; nothing was written or forwarded.',
  },
  'ledger.sink_failed': {
    status: 502,
    jsonRpc: -32603,
    retryable: true,
    caller: 'The sink did not take a test record.',
    operator: 'A sink of evidence is down, misconfigured or refuses; the detail says which.',
  },
  'ledger.sink_not_found': {
    status: 404,
    jsonRpc: -32602,
    retryable: false,
    caller: 'There is no such sink.',
    operator: 'No sink of this name in ledger.sinks of the configuration.',
  },
  'ledger.tampered': {
    status: 500,
    jsonRpc: -32603,
    retryable: false,
    caller: 'The evidence store failed its check.',
    operator: 'The stored log contradicts its last signed checkpoint; the server refuses to start.',
  },
  'ledger.unavailable': {
    status: 503,
    jsonRpc: -40502,
    retryable: true,
    caller: 'The evidence store cannot write; nothing was done.',
    operator: 'A durable write failed, for example on a full disk.',
  },
} as const satisfies Readonly<Record<string, ErrorEntry>>;
