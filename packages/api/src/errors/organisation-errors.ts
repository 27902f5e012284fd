import type { ErrorEntry } from './error-entry.ts';

export const organisationErrors = {
  'organisation.assertion_invalid': {
    status: 400,
    jsonRpc: -32602,
    retryable: false,
    caller: 'The assertion is not acceptable.',
    operator:
      'An ID-JAG is malformed, of an issuer that no organisation names, for another audience or client, too old, too long-lived, or not signed by a pinned key. The cause in the log says which.',
  },
  'organisation.assertion_needed': {
    status: 403,
    jsonRpc: -32602,
    retryable: false,
    caller: 'This agent acts on the word of its organisation: present an ID-JAG of it.',
    operator: 'An agent for which an organisation vouches asked for authority without an assertion of it.',
  },
  'organisation.assertion_replayed': {
    status: 400,
    jsonRpc: -32602,
    retryable: false,
    caller: 'The assertion was used before. Ask for a new one.',
    operator: 'An ID-JAG came a second time. It is good once.',
  },
  'organisation.ceiling_exceeded': {
    status: 403,
    jsonRpc: -32602,
    retryable: false,
    caller: 'This is more than the organisation may ever be granted here.',
    operator:
      'What was asked for, or everything that is left of it, lies outside the ceiling of the organisation.',
  },
  'organisation.change_refused': {
    status: 409,
    jsonRpc: -32602,
    retryable: false,
    caller: 'This change of an organisation cannot be signed.',
    operator:
      'The change was signed before or has expired, or it names an issuer or an agent that belongs to another organisation.',
  },
  'organisation.cut_off': {
    status: 403,
    jsonRpc: -32602,
    retryable: false,
    caller: 'The organisation is cut off here.',
    operator:
      'An administrator cut the organisation off; nothing is granted on its word until it is restored.',
  },
  'organisation.issuing_refused': {
    status: 403,
    jsonRpc: -32602,
    retryable: false,
    caller: 'This agent is not vouched for towards that organisation.',
    operator:
      'The terms of the organisation name no client there for this agent, or the task may not be passed on.',
  },
  'organisation.not_found': {
    status: 404,
    jsonRpc: -32602,
    retryable: false,
    caller: 'There is no such organisation.',
    operator: 'Unknown name of an organisation or id of a change.',
  },
  'organisation.unavailable': {
    status: 503,
    jsonRpc: -32602,
    retryable: true,
    caller: 'The organisation cannot be asked now. Try again.',
    operator: 'Keys or the status list of the organisation cannot be fetched, and what is known is too old.',
  },
} as const satisfies Readonly<Record<string, ErrorEntry>>;
