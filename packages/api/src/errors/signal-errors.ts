import type { ErrorEntry } from './error-entry.ts';

export const signalErrors = {
  'signal.bus_unavailable': {
    status: 503,
    jsonRpc: -32603,
    retryable: true,
    caller: 'The gateways cannot tell one another what has changed. Try again later.',
    operator:
      'The bus that signals.bus names does not take messages. The gateways ask the database each second instead, so that nothing but speed is lost.',
  },
  'signal.deaf': {
    status: 503,
    jsonRpc: -40544,
    retryable: true,
    caller:
      'This gateway cannot learn what was revoked, so nothing is let through. Try again, or ask another gateway.',
    operator:
      'For signals.bus.deafAfterSeconds the gateway has heard neither the bus nor the database. Calls in flight were cut. It goes on by itself once one of them answers.',
  },
  'signal.endpoint_refused': {
    status: 400,
    jsonRpc: -32602,
    retryable: false,
    caller: 'Events cannot be delivered to this address.',
    operator:
      'The address of a push stream is not https, carries credentials or a fragment, or is private and the receiver was not registered with private addresses.',
  },
  'signal.event_invalid': {
    status: 400,
    jsonRpc: -32602,
    retryable: false,
    caller: 'The security event is not acceptable.',
    operator:
      'A transmitter sent a SET that is malformed, of another issuer or for another audience, or whose key, signature or times are not right. The answer says which (RFC 8935).',
  },
  'signal.keys_unavailable': {
    status: 503,
    jsonRpc: -32602,
    retryable: true,
    caller: 'The event cannot be verified now. Send it again later.',
    operator: 'The keys of a transmitter of security events cannot be fetched, and those known are too old.',
  },
  'signal.not_found': {
    status: 404,
    jsonRpc: -32602,
    retryable: false,
    caller: 'There is no such stop.',
    operator: 'Unknown stop id.',
  },
  'signal.receiver_exists': {
    status: 409,
    jsonRpc: -32602,
    retryable: false,
    caller: 'There is a receiver by this name.',
    operator: 'Names of receivers of security events are unique.',
  },
  'signal.receiver_not_found': {
    status: 404,
    jsonRpc: -32602,
    retryable: false,
    caller: 'There is no such receiver.',
    operator: 'Unknown id of a receiver of security events.',
  },
  'signal.receiver_refused': {
    status: 401,
    jsonRpc: -32602,
    retryable: false,
    caller: 'Show the token of a receiver.',
    operator: 'No token of a registered receiver of security events was shown, or one that has expired.',
  },
  'signal.scope_insufficient': {
    status: 403,
    jsonRpc: -32602,
    retryable: false,
    caller: 'The token does not cover this.',
    operator: 'A receiver of security events needs the scope ssf.manage, or ssf.read to look.',
  },
  'signal.stopped': {
    status: 403,
    jsonRpc: -40309,
    retryable: false,
    caller: 'A person has stopped this. Do not retry.',
    operator: 'A stop matches the agent, task, delegation, owner, tool, upstream or everything.',
  },
  'signal.stream_limit': {
    status: 409,
    jsonRpc: -32602,
    retryable: false,
    caller: 'This receiver has as many streams as it may have.',
    operator: 'A receiver may have four streams, and a stream 10,000 subjects.',
  },
  'signal.stream_not_found': {
    status: 404,
    jsonRpc: -32602,
    retryable: false,
    caller: 'There is no such stream.',
    operator: 'No stream of this receiver has the id.',
  },
  'signal.subject_not_found': {
    status: 404,
    jsonRpc: -32602,
    retryable: false,
    caller: 'This subject is not known, or not for this receiver.',
    operator:
      'A receiver named a subject that is nobody here or that it was not given, or in a format that is not spoken. The answer is the same for all of them.',
  },
  'signal.verification_too_soon': {
    status: 429,
    jsonRpc: -32602,
    retryable: true,
    caller: 'A verification was asked for a moment ago.',
    operator: 'A receiver may ask for one verification of a stream every ten seconds.',
  },
} as const satisfies Readonly<Record<string, ErrorEntry>>;
