#!/usr/bin/env node
import { parseArgs } from 'node:util';
import { shareSearch } from './share-search.ts';

const { values } = parseArgs({
  options: {
    pairs: { type: 'string', default: '200000' },
    seed: { type: 'string', default: '1' },
    threads: { type: 'string', default: '2' },
    json: { type: 'boolean', default: false },
  },
});
const [pairs, seed, threads] = [values.pairs, values.seed, values.threads].map(Number) as [
  number,
  number,
  number,
];
if (
  ![pairs, threads].every((count) => Number.isSafeInteger(count) && count > 0) ||
  threads > 64 ||
  !Number.isInteger(seed)
) {
  console.error('usage: npm run differential -- [--pairs N] [--seed N] [--threads 1-64] [--json]');
  process.exit(2);
}

const begun = performance.now();
const seconds = (): number => Math.round((performance.now() - begun) / 100) / 10;
const say = values.json ? console.error : console.log;
let said = 0;
const { tally, mismatches } = await shareSearch({
  pairs,
  seed,
  threads,
  onProgress: (sofar) => {
    if (seconds() - said < 10) return;
    said = seconds();
    console.error(`${sofar.pairs} of ${pairs} pairs, ${said} s`);
  },
});
const policies = tally.satisfied + tally.erring + tally.unsatisfied;
const share = (count: number, all: number): string => `${((100 * count) / all).toFixed(1)} %`;
say(`${tally.pairs} pairs, seed ${seed}, ${threads} threads, ${seconds()} s`);
say(`requests: ${share(tally.allowed, tally.pairs)} allowed`);
say(
  `policies: ${share(tally.satisfied, policies)} satisfied, ${share(tally.erring, policies)} erring of ${policies}`,
);
for (const { seed: met, message, counterExample } of mismatches) {
  say(`\nMISMATCH at seed ${met}\n${message}\n${counterExample}`);
}
say(`${mismatches.length} mismatches`);
if (values.json) console.log(JSON.stringify({ seed, threads, seconds: seconds(), tally, mismatches }));
process.exitCode = mismatches.length === 0 ? 0 : 1;
