import type { ErrorEntry } from './error-entry.ts';

export const configErrors = {
  'config.invalid': {
    status: 500,
    jsonRpc: -32603,
    retryable: false,
    caller: 'The configuration is not valid.',
    operator: 'A configuration key, value or environment variable was refused.',
  },
} as const satisfies Readonly<Record<string, ErrorEntry>>;
