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
    'ledger.forgeries',
    'test/faults/forgeries.test.ts',
    'Random changes of every kind in a ledger of 10,000 records are found and named for what they are.',
  ),
];
