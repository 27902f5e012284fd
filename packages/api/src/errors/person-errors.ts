import type { ErrorEntry } from './error-entry.ts';

export const personErrors = {
  'person.audit_access_not_found': {
    status: 404,
    jsonRpc: -32602,
    retryable: false,
    caller: 'There is no such access of an auditor.',
    operator: 'Unknown id, or it has ended already.',
  },
  'person.audit_access_refused': {
    status: 409,
    jsonRpc: -32600,
    retryable: false,
    caller: 'This person cannot be given the access of an auditor.',
    operator:
      'The person holds a role, is not active, or has such access already: it is for people who may do nothing else.',
  },
  'person.exists': {
    status: 409,
    jsonRpc: -32600,
    retryable: false,
    caller: 'This person exists already.',
    operator: 'A person with this e-mail or a passkey with this id exists.',
  },
  'person.forbidden': {
    status: 403,
    jsonRpc: -32600,
    retryable: false,
    caller: 'You may not do this.',
    operator: "The person's roles lack the permission.",
  },
  'person.invite_invalid': {
    status: 403,
    jsonRpc: -32600,
    retryable: false,
    caller: 'This link is used up or has expired.',
    operator: 'A one-time link was replayed, expired or never issued.',
  },
  'person.last_administrator': {
    status: 409,
    jsonRpc: -32600,
    retryable: false,
    caller: 'Somebody must stay administrator.',
    operator: 'The change would leave no active administrator.',
  },
  'person.left': {
    status: 409,
    jsonRpc: -32600,
    retryable: false,
    caller: 'This person has left.',
    operator:
      'A directory, an event or an administrator said that the person left; only a return takes that back.',
  },
  'person.not_found': {
    status: 404,
    jsonRpc: -32602,
    retryable: false,
    caller: 'There is no such person.',
    operator: 'Unknown person id.',
  },
  'person.oidc_denied': {
    status: 403,
    jsonRpc: -32600,
    retryable: false,
    caller: 'Your identity provider did not sign you in.',
    operator: 'The issuer answered the authorization request with an error.',
  },
  'person.oidc_expired': {
    status: 400,
    jsonRpc: -32600,
    retryable: false,
    caller: 'This sign-in took too long or was begun elsewhere. Begin again.',
    operator:
      'The state of an authorization response is unknown, used or older than 15 minutes, or the cookie that belongs to it is missing.',
  },
  'person.oidc_refused': {
    status: 403,
    jsonRpc: -32600,
    retryable: false,
    caller: 'What your identity provider answered could not be verified.',
    operator: 'An authorization response, ID token or logout token failed a check; the log says which.',
  },
  'person.oidc_unavailable': {
    status: 503,
    jsonRpc: -32603,
    retryable: true,
    caller: 'Your identity provider cannot be reached. A passkey still works.',
    operator: 'The issuer of people.oidc, its metadata, keys or client secret could not be had.',
  },
  'person.oidc_unknown': {
    status: 403,
    jsonRpc: -32600,
    retryable: false,
    caller: 'You have no account here. Ask for an invitation, or sign in with a passkey and link it.',
    operator:
      'The issuer vouched for somebody who is not linked, invited to the same verified e-mail address, active or of an allowed tenant.',
  },
  'person.origin_refused': {
    status: 403,
    jsonRpc: -32600,
    retryable: false,
    caller: 'The request did not come from this console.',
    operator: 'Origin or Sec-Fetch-Site failed the cross-site request check.',
  },
  'person.passkey_needed': {
    status: 403,
    jsonRpc: -32600,
    retryable: true,
    caller: 'Confirm with your passkey, then ask again.',
    operator:
      'It changes authority, and no passkey verified the person in this session within people.freshSeconds.',
  },
  'person.passkey_not_found': {
    status: 404,
    jsonRpc: -32602,
    retryable: false,
    caller: 'There is no such passkey.',
    operator: 'Unknown credential, or one of another person.',
  },
  'person.passkey_refused': {
    status: 403,
    jsonRpc: -32600,
    retryable: false,
    caller: 'The passkey could not be verified.',
    operator: 'WebAuthn verification failed: origin, RP id, challenge, user verification or counter.',
  },
  'person.passkey_unconfirmed': {
    status: 403,
    jsonRpc: -32600,
    retryable: false,
    caller: 'This passkey does not count yet.',
    operator:
      'It was enrolled on the word of a directory and no administrator confirmed it, or it came out of a recovery that still cools down.',
  },
  'person.recovery_needs_two': {
    status: 409,
    jsonRpc: -32600,
    retryable: false,
    caller: 'Two administrators must do this together.',
    operator:
      'Whoever opened a recovery may not confirm it, must still be an administrator then, an administrator does not remove the last passkey of somebody else, and the operator alone may only recover somebody where there are no two other administrators.',
  },
  'person.recovery_not_found': {
    status: 404,
    jsonRpc: -32602,
    retryable: false,
    caller: 'There is no such recovery.',
    operator: 'Unknown, ended, confirmed already or older than a day.',
  },
  'person.session_not_found': {
    status: 404,
    jsonRpc: -32602,
    retryable: false,
    caller: 'There is no such session.',
    operator: 'Unknown session, or one that has ended.',
  },
  'person.scim_conflict': {
    status: 409,
    jsonRpc: -32600,
    retryable: false,
    caller: 'A resource with this name or address exists already.',
    operator:
      'A directory tried to provision what exists already, what another directory keeps, or somebody with the e-mail of a person who left: if it is the same person, an administrator lets them return first.',
  },
  'person.scim_invalid': {
    status: 400,
    jsonRpc: -32602,
    retryable: false,
    caller: 'The SCIM request is not valid.',
    operator:
      'A directory sent a resource, filter, path or operation that is not valid; its SCIM error type is in the answer.',
  },
  'person.scim_not_found': {
    status: 404,
    jsonRpc: -32602,
    retryable: false,
    caller: 'There is no such resource.',
    operator:
      'A directory named a resource that does not exist, that it deleted, or that another directory keeps.',
  },
  'person.scim_token_invalid': {
    status: 401,
    jsonRpc: -32600,
    retryable: false,
    caller: 'The token of the directory is not valid.',
    operator: 'A SCIM request came without a token, or with one that is unknown, removed or expired.',
  },
  'person.scim_version_changed': {
    status: 412,
    jsonRpc: -32600,
    retryable: true,
    caller: 'The resource has changed since it was read.',
    operator: 'A directory sent If-Match with a version that is not the current one.',
  },
  'person.sign_in_required': {
    status: 401,
    jsonRpc: -32600,
    retryable: false,
    caller: 'Sign in first.',
    operator: 'No valid console session.',
  },
  'person.too_many_passkeys': {
    status: 409,
    jsonRpc: -32600,
    retryable: false,
    caller: 'Remove a passkey first.',
    operator: 'A person may hold 20 passkeys.',
  },
} as const satisfies Readonly<Record<string, ErrorEntry>>;
