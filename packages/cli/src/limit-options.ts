import { EFFECTS, isActionPattern } from '@countersign/core';
import { CliError } from './cli-error.ts';
import type { OptionDefinition } from './command.ts';
import { collect, parseCount, parseDuration, readJsonFile } from './parse-options.ts';

/** How far authority reaches, on the command line. */
export interface LimitOptions {
  readonly allow?: readonly string[];
  readonly effect?: readonly string[];
  readonly expires: number;
  readonly calls?: number;
  readonly spend?: number;
  readonly currency?: string;
  readonly rows?: number;
  readonly bytes?: number;
  readonly depth?: number;
  readonly limits?: string;
}

export const limitOptions: readonly OptionDefinition[] = [
  {
    flags: '--allow <pattern>',
    summary: '<upstream>/<tool>, with * for any; may be given many times',
    parse: collect,
  },
  {
    flags: '--effect <effect>',
    summary: `of ${EFFECTS.join(', ')}; many times (default: read)`,
    parse: collect,
  },
  {
    flags: '--expires <duration>',
    summary: 'from now, at most 90d',
    parse: parseDuration,
    initial: 28_800,
  },
  { flags: '--calls <count>', summary: 'how many calls in all', parse: parseCount },
  {
    flags: '--spend <amount>',
    summary: 'how much in all, in minor units such as cents',
    parse: parseCount,
  },
  { flags: '--currency <code>', summary: 'of the amount, such as EUR' },
  { flags: '--rows <count>', summary: 'how many rows of results in all', parse: parseCount },
  { flags: '--bytes <count>', summary: 'how many bytes of answers in all', parse: parseCount },
  {
    flags: '--depth <count>',
    summary: 'how many times it may be passed on (default: not at all)',
    parse: parseCount,
  },
  {
    flags: '--limits <file>',
    summary: 'JSON with more: argument constraints, data domains, environments',
  },
];

/** The limits in the words of the API. Throws `CliError`. */
export function readLimits(options: LimitOptions, now: number): object {
  const file = readFile(options);
  const actions = options.allow ?? ('actions' in file ? undefined : []);
  if (actions?.length === 0) throw new CliError('name what it may do with --allow or --limits');
  return {
    ...file,
    ...readNamed(options, now, file),
    ...('upstreams' in file ? {} : { upstreams: readUpstreams(actions) }),
  };
}

/** Limits that say only what there is to be less of. Throws `CliError`. */
export function readNarrowing(
  options: Partial<LimitOptions>,
  now: number,
): Readonly<Record<string, unknown>> {
  const file = readFile(options);
  const upstreams = options.allow === undefined || 'upstreams' in file ? '*' : readUpstreams(options.allow);
  return {
    ...file,
    ...readNamed(options, now, file),
    // Where the patterns leave it open, it stays as it is.
    ...(upstreams === '*' ? {} : { upstreams }),
  };
}

function readFile({ limits }: Partial<LimitOptions>): object {
  const file = limits === undefined ? {} : readJsonFile(limits);
  if (typeof file !== 'object' || file === null) throw new CliError(`${limits} holds no limits`);
  return file;
}

/** What the options say, without what they leave out. */
function readNamed(options: Partial<LimitOptions>, now: number, file: object): object {
  const odd = options.allow?.find((pattern) => !isActionPattern(pattern));
  if (odd !== undefined)
    throw new CliError(`${odd} is no pattern such as payments/list_invoices or payments/*`);
  const { expires } = options;
  const named = {
    actions: options.allow,
    effects: options.effect,
    calls: options.calls,
    spendMinor: options.spend,
    currency: options.currency,
    rows: options.rows,
    bytes: options.bytes,
    depth: options.depth,
    expiresAt: 'expiresAt' in file || expires === undefined ? undefined : now + expires * 1000,
  };
  return Object.fromEntries(Object.entries(named).filter(([, value]) => value !== undefined));
}

/** The upstreams that the patterns name; all when one of them leaves it open. */
function readUpstreams(actions: readonly string[] | undefined): readonly string[] | '*' {
  const names = (actions ?? ['*']).map((pattern) => pattern.split('/')[0] ?? '*');
  return names.some((name) => name.includes('*')) ? '*' : [...new Set(names)];
}
