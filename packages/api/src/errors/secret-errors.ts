import type { ErrorEntry } from './error-entry.ts';

export const secretErrors = {
  'secret.invalid': {
    status: 400,
    jsonRpc: -32602,
    retryable: false,
    caller: "The secret's name or value is not acceptable.",
    operator: 'Names are slugs; values are bounded and free of control characters.',
  },
  'secret.not_found': {
    status: 404,
    jsonRpc: -32602,
    retryable: false,
    caller: 'There is no such secret.',
    operator: 'A reference names a secret the store does not hold.',
  },
  'secret.store_rolled_back': {
    status: 503,
    jsonRpc: -40542,
    retryable: false,
    caller: 'A needed credential cannot be trusted; nothing was sent.',
    operator: 'The secret store is older than what this server has already seen of it.',
  },
  'secret.too_old': {
    status: 403,
    jsonRpc: -40543,
    retryable: false,
    caller: 'A needed credential is older than allowed; nothing was sent.',
    operator: 'The secret is past its age limit and must be rotated.',
  },
  'secret.unavailable': {
    status: 503,
    jsonRpc: -40504,
    retryable: true,
    caller: 'A needed credential could not be read; nothing was sent.',
    operator: 'The secret store failed or a value could not be decrypted.',
  },
} as const satisfies Readonly<Record<string, ErrorEntry>>;
