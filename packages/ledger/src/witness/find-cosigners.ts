import type { ParsedNote } from '../note.ts';
import { verifyCosignature } from './cosignature.ts';
import type { WitnessKey } from './witness-key.ts';

export interface Cosigners {
  /** Witnesses whose cosignature holds, each once. `at` is epoch seconds. */
  readonly cosigned: readonly { readonly name: string; readonly at: number }[];
  /** Names of known witnesses on whose behalf the note has a cosignature that does not hold. */
  readonly forged: readonly string[];
}

/** Which of the known witnesses cosigned the note. One key given twice, or under two names, counts once. */
export function findCosigners(note: ParsedNote, keys: readonly WitnessKey[]): Cosigners {
  const cosigned: { name: string; at: number }[] = [];
  const forged: string[] = [];
  const counted = new Set<string>();
  for (const key of keys) {
    const { verdict, at } = verifyCosignature(note, key);
    if (verdict === 'bad_signature') forged.push(key.name);
    const bytes = Buffer.from(key.publicKey).toString('hex');
    if (verdict !== 'verified' || counted.has(bytes)) continue;
    counted.add(bytes);
    cosigned.push({ name: key.name, at: at ?? 0 });
  }
  return { cosigned, forged };
}
