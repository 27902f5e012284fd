import { parseCount } from './parse-options.ts';

/** How a command is told where to walk, and how far. */
export interface GraphOptions {
  readonly limit: number;
  readonly bundle?: string;
  readonly vkey?: string;
}

export const graphOptions = [
  { flags: '--limit <count>', summary: 'at most so many records', parse: parseCount, initial: 256 },
  { flags: '--bundle <file>', summary: 'in this bundle, without a server' },
  { flags: '--vkey <key>', summary: "with --bundle: the log's verifier key, known from elsewhere" },
] as const;
