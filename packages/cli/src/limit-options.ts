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
  {
    flags: '--limits <file>',
    summary: 'JSON with more: argument constraints, data domains, environments, depth',
  },
];

/** The limits in the words of the API. Throws `CliError`. */
export function readLimits(options: LimitOptions, now: number): object {
  const file = options.limits === undefined ? {} : readJsonFile(options.limits);
  if (typeof file !== 'object' || file === null) throw new CliError(`${options.limits} holds no limits`);
  const actions = options.allow ?? ('actions' in file ? undefined : []);
  if (actions?.length === 0) throw new CliError('name what it may do with --allow or --limits');
  const odd = actions?.find((pattern) => !isActionPattern(pattern));
  if (odd !== undefined)
    throw new CliError(`${odd} is no pattern such as payments/list_invoices or payments/*`);
  const named = {
    actions,
    effects: options.effect,
    calls: options.calls,
    spendMinor: options.spend,
    currency: options.currency,
    expiresAt: 'expiresAt' in file ? undefined : now + options.expires * 1000,
    upstreams: 'upstreams' in file ? undefined : readUpstreams(actions),
  };
  return { ...file, ...Object.fromEntries(Object.entries(named).filter(([, value]) => value !== undefined)) };
}

/** The upstreams that the patterns name; all when one of them leaves it open. */
function readUpstreams(actions: readonly string[] | undefined): readonly string[] | '*' {
  const names = (actions ?? ['*']).map((pattern) => pattern.split('/')[0] ?? '*');
  return names.some((name) => name.includes('*')) ? '*' : [...new Set(names)];
}
