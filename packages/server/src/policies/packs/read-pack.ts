import { readFile } from 'node:fs/promises';
import { AppError } from '@countersign/api';
import type { PolicyFile } from '../bundle/complaint.ts';
import type { TextFile } from '../test/mistake.ts';

/** Policies, tools and tests to begin with, for a kind of server that many have. */
export interface Pack {
  readonly name: string;
  /** What it allows and what it does not cover. */
  readonly about: string;
  /** The upstream that it is written for. */
  readonly upstream: string;
  readonly policies: PolicyFile;
  readonly tools: TextFile;
  readonly tests: TextFile;
}

export const packNames = [
  'browser',
  'filesystem',
  'github',
  'kubernetes',
  'mail',
  'postgres',
  'slack',
  'stripe',
] as const;

export type PackName = (typeof packNames)[number];

// From source and from the built files alike: packs are shipped as they are.
const folder = new URL('../../../src/policies/packs/', import.meta.url);

/** A pack, written for the upstream of this name. Throws `policy.pack_not_found`. */
export async function readPack(named: string, upstream: string = named): Promise<Pack> {
  const name = packNames.find((one) => one === named);
  if (name === undefined)
    throw new AppError('policy.pack_not_found', { detail: `there are ${packNames.join(', ')}` });
  const read = (file: string): Promise<string> => readFile(new URL(`${name}/${file}`, folder), 'utf8');
  const [policies, tools, tests] = await Promise.all([
    read('policies.cedar'),
    read('tools.json'),
    read('tests.test.yaml'),
  ]);
  return {
    ...{ name, upstream, about: readAbout(policies) },
    policies: { name: `${upstream}.cedar`, text: renameIn(policies, name, upstream) },
    tools: { name: `${upstream}.tools.json`, text: renameIn(tools, name, upstream) },
    tests: { name: `${upstream}.test.yaml`, text: renameIn(tests, name, upstream) },
  };
}

/** The comment at its head. */
function readAbout(policies: string): string {
  const lines = policies.split('\n');
  const end = lines.findIndex((line) => !line.startsWith('//'));
  return lines
    .slice(0, end)
    .map((line) => line.slice(2).trim())
    .join(' ');
}

/** Wherever the upstream stands: as `"github"`, before a tool as `github/…`, before a rule as `'github:…'`. */
function renameIn(text: string, from: string, to: string): string {
  if (from === to) return text;
  return text
    .replaceAll(`"${from}"`, `"${to}"`)
    .replaceAll(new RegExp(`(?<=["' ])${from}(?=/[A-Za-z_])`, 'g'), to)
    .replaceAll(new RegExp(`(?<=')${from}(?=:)`, 'g'), to)
    .replaceAll(`upstream: ${from}\n`, `upstream: ${to}\n`);
}
