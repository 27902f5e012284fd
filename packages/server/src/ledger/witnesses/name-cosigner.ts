import { createWitnessKey, formatWitnessKey, parseVerifierKey } from '@countersign/ledger';

/** The verifier key of the cosignatures that are made with the key of a stream. */
export function nameCosigner(vkey: string): string {
  const key = parseVerifierKey(vkey);
  if (key === undefined) throw new RangeError('no verifier key');
  return formatWitnessKey(createWitnessKey(key.name, key.publicKey));
}
