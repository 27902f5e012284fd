import type { ErrorEntry } from './error-entry.ts';

export const serverErrors = {
  'server.data_folder_in_use': {
    status: 503,
    jsonRpc: -32603,
    retryable: false,
    caller: 'Another process uses this data folder.',
    operator: 'The exclusive lock on the data folder is held.',
  },
  'server.data_folder_newer': {
    status: 500,
    jsonRpc: -32603,
    retryable: false,
    caller: 'The data folder belongs to another release.',
    operator:
      'The data folder has migrations this release does not know; start the release that wrote it, or a later one.',
  },
  'server.database_in_use': {
    status: 503,
    jsonRpc: -32603,
    retryable: false,
    caller: 'Another gateway uses this database.',
    operator:
      'A gateway has the database and does not share it, or this one does not: signals.bus is in-process.',
  },
  'server.database_newer': {
    status: 500,
    jsonRpc: -32603,
    retryable: false,
    caller: 'The database belongs to another release.',
    operator:
      'The database has migrations this release does not know; start the release that wrote it, or a later one.',
  },
  'server.database_unreachable': {
    status: 503,
    jsonRpc: -32603,
    retryable: false,
    caller: 'The database cannot be reached.',
    operator:
      'The first connection to database.url failed; the detail says what the server or the network answered.',
  },
  'server.internal': {
    status: 500,
    jsonRpc: -32603,
    retryable: true,
    caller: 'Something went wrong here.',
    operator: 'An unexpected error; see the log with the request id.',
  },
  'server.not_found': {
    status: 404,
    jsonRpc: -32601,
    retryable: false,
    caller: 'There is nothing here.',
    operator: 'No route matches.',
  },
  'server.overloaded': {
    status: 503,
    jsonRpc: -40505,
    retryable: true,
    caller: 'The server is busy. Try again shortly.',
    operator: 'A concurrency or queue bound was reached.',
  },
  'server.rate_limited': {
    status: 429,
    jsonRpc: -40506,
    retryable: true,
    caller: 'Too many requests. Slow down.',
    operator: 'A rate bound was reached.',
  },
  'server.request_invalid': {
    status: 400,
    jsonRpc: -32602,
    retryable: false,
    caller: 'The request is not valid.',
    operator: 'The body or parameters failed the schema.',
  },
  'server.request_too_large': {
    status: 413,
    jsonRpc: -32602,
    retryable: false,
    caller: 'The request is too large.',
    operator: 'The body exceeded the bound of the control plane.',
  },
  'server.seat_lost': {
    status: 503,
    jsonRpc: -40548,
    retryable: true,
    caller: 'This gateway was taken for dead, and another does its work. Ask another gateway.',
    operator:
      'The connection to the database was gone for longer than a second and another gateway went on with what this one had. It can write nothing any more and refuses everything: start it again.',
  },
  'server.transaction_timed_out': {
    status: 503,
    jsonRpc: -40512,
    retryable: true,
    caller: 'The server was too slow; nothing was changed. Try again.',
    operator: 'A database transaction took longer than 5 s and was rolled back.',
  },
} as const satisfies Readonly<Record<string, ErrorEntry>>;
