import { behaviour, type Requirement } from './requirement.ts';

/** What is promised to those who do not believe the log. */
export const transparency: readonly Requirement[] = [
  behaviour(
    'ledger.independent-tiles',
    'test/conformance/ledger-tiles-go.test.ts',
    'A reader that nobody here wrote follows the log as tiles over HTTP, and proves its records and older trees.',
  ),
  behaviour(
    'ledger.witnessed',
    'test/scenarios/witnessed-ledger.test.ts',
    'Witnesses of their own cosign what is published; one that is away stops nothing, and a second history is found.',
  ),
  behaviour(
    'ledger.cross-signed',
    'packages/server/src/ledger/witnesses/cross-signed-postgres-store.test.ts',
    'Gateways that share a database cosign each other’s streams, once it is proven that these only grew.',
  ),
  behaviour(
    'ledger.cut-short-stream',
    'packages/server/src/ledger/witnesses/cross-signed-postgres-store.test.ts',
    'A stream that somebody with the database cuts short while its gateway is away is found by the other gateways.',
  ),
  behaviour(
    'ledger.rewritten-stream',
    'packages/server/src/ledger/witnesses/cross-signed-postgres-store.test.ts',
    'A stream that is rewritten behind the gateways’ backs is found by the others, with evidence that its key signed two histories.',
  ),
  behaviour(
    'ledger.forgeries',
    'test/faults/forgeries.test.ts',
    'Random changes of every kind in a ledger of 10,000 records are found and named for what they are.',
  ),
];
