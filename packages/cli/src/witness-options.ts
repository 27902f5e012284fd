import { parseWitnessKey, type WitnessPolicy } from '@countersign/ledger';
import { CliError } from './cli-error.ts';
import { collect, parseCount } from './parse-options.ts';

/** How a command is told which witnesses are trusted. */
export interface WitnessOptions {
  readonly witness?: readonly string[];
  readonly quorum?: number;
}

export const witnessOptions = [
  {
    flags: '--witness <vkey>',
    summary: 'verifier key of a witness that has to have cosigned; many times',
    parse: collect,
  },
  { flags: '--quorum <count>', summary: 'so many of them are enough; all when absent', parse: parseCount },
] as const;

/** Throws `CliError` for a key that is none, or a quorum that they cannot reach. */
export function readWitnessPolicy({ witness = [], quorum }: WitnessOptions): WitnessPolicy {
  const wrong = witness.find((vkey) => parseWitnessKey(vkey) === undefined);
  if (wrong !== undefined) throw new CliError(`${wrong} is no verifier key of a witness`);
  if (quorum !== undefined && quorum > witness.length)
    throw new CliError(`${witness.length} witnesses are named: ${quorum} of them cannot have cosigned`);
  return { witnesses: witness, ...(quorum === undefined ? {} : { quorum }) };
}
