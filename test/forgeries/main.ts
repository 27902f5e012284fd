#!/usr/bin/env node
import { cpus, release } from 'node:os';
import { parseArgs } from 'node:util';
import { judgeForgeries, type KindReport } from './judge.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    records: { type: 'string', default: '10000' },
    whole: { type: 'string', default: '100' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    json: { type: 'boolean', default: false },
  },
});
const count = Number(positionals[0] ?? 10_000);
const [records, whole, seed] = [values.records, values.whole, values.seed].map(Number) as [
  number,
  number,
  number,
];
const say = (line: string) => (values.json ? process.stderr : process.stdout).write(`${line}\n`);

say(`Node ${process.version}, ${process.platform} ${release()}, ${cpus().length} × ${cpus()[0]?.model}`);
say(
  `${count} changes of each kind in ${records} records, ${whole} of them judged on the whole ledger, seed ${seed}`,
);
const reports = await judgeForgeries({ records, count, whole, seed }, show);
const isGood = reports.every(({ tried, found, named }) => found === tried && named === tried);
say(isGood ? 'Every change was found and named.' : 'SOME WERE NOT.');
if (values.json) process.stdout.write(`${JSON.stringify({ records, count, whole, seed, reports })}\n`);
process.exitCode = isGood ? 0 : 1;

function show({ kind, tried, found, named, milliseconds, codes, missed }: KindReport): void {
  const seconds = (milliseconds / 1000).toFixed(1);
  say(`${kind.padEnd(11)} ${tried} tried, ${found} found, ${named} named, ${seconds} s`);
  const counted = Object.entries(codes).sort(([, one], [, other]) => other - one);
  say(`            ${counted.map(([code, times]) => `${code} ${times}`).join(', ')}`);
  for (const line of missed) say(`MISSED  ${line}`);
}
