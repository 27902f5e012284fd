import type { ErrorEntry } from './error-entry.ts';

export const policyErrors = {
  'policy.changed_meanwhile': {
    status: 409,
    jsonRpc: -32600,
    retryable: false,
    caller: 'Other policies were put in force since this change was begun.',
    operator:
      'Somebody activated another bundle after the version that the change names as its base. Nothing was changed: see what differs (`policies diff`), take it over, and activate again.',
  },
  'policy.engines_disagree': {
    status: 422,
    jsonRpc: -32603,
    retryable: false,
    caller: 'The policies were not put in force: they are not decided alike by both engines.',
    operator:
      'The compiled policies and the official engine gave different answers to a generated request; the bundle was not activated.',
  },
  'policy.decision_not_found': {
    status: 404,
    jsonRpc: -32602,
    retryable: false,
    caller: 'No decision of an action stands under this id.',
    operator: 'Neither a record of the path nor an action with one; it may belong to another ledger.',
  },
  'policy.invalid': {
    status: 400,
    jsonRpc: -32602,
    retryable: false,
    caller: 'The policies do not validate.',
    operator: 'Parsing, schema validation or an annotation failed; the bundle was not activated.',
  },
  'policy.kept_in_folder': {
    status: 409,
    jsonRpc: -32600,
    retryable: false,
    caller: 'The policies of this server are kept in a folder.',
    operator: 'A policy folder is configured: change its files, they are read again at once.',
  },
  'policy.mode_change_not_open': {
    status: 409,
    jsonRpc: -32600,
    retryable: false,
    caller: 'This change of a policy cannot be signed any more.',
    operator:
      'It was signed before, it expired, or the policy or its mode has changed since it was proposed.',
  },
  'policy.mode_fixed': {
    status: 409,
    jsonRpc: -32600,
    retryable: false,
    caller: 'A policy without an @id is always enforced.',
    operator: 'Its number in the file would name another policy after the next edit. Give it an @id first.',
  },
  'policy.not_found': {
    status: 404,
    jsonRpc: -32602,
    retryable: false,
    caller: 'There is no such policy bundle.',
    operator: 'Unknown bundle version, policy id or change of a policy.',
  },
  'policy.not_repeatable': {
    status: 409,
    jsonRpc: -32600,
    retryable: false,
    caller: 'This action cannot be put together again from its records.',
    operator:
      'Its records were erased, or its tool, upstream, task or agent is not what it was. The detail says which.',
  },
  'policy.signature_invalid': {
    status: 409,
    jsonRpc: -32600,
    retryable: false,
    caller: 'The stored policies are not what was signed.',
    operator:
      'A bundle or the mode of a policy was changed in the database. It is refused; after a start everything is denied until another bundle is activated.',
  },
  'policy.not_requestable': {
    status: 409,
    jsonRpc: -32600,
    retryable: false,
    caller: 'No person can be asked for this.',
    operator: 'An access request for what policy now allows, or denies outright.',
  },
  'policy.pack_not_found': {
    status: 404,
    jsonRpc: -32602,
    retryable: false,
    caller: 'There is no such policy pack.',
    operator: 'Unknown starter pack.',
  },
  'policy.session_ambiguous': {
    status: 409,
    jsonRpc: -32600,
    retryable: false,
    caller: 'Several agents or enforcement points have a session of this name. Say whose is meant.',
    operator:
      'Programs that ask through hooks name their sessions themselves, so that two may have the same name.',
  },
  'policy.session_not_found': {
    status: 404,
    jsonRpc: -32602,
    retryable: false,
    caller: 'Nothing is recorded of a session of this name.',
    operator:
      'An unknown session, one whose records were erased or kept back, or one of before sessions were put on record.',
  },
  'policy.unavailable': {
    status: 503,
    jsonRpc: -40503,
    retryable: true,
    caller: 'No policy decision could be made, so the action is refused.',
    operator: 'No active bundle, or the engine failed.',
  },
} as const satisfies Readonly<Record<string, ErrorEntry>>;
