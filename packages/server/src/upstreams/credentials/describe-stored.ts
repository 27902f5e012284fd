import type { Injection } from '../resolve-injection.ts';
import type { ArmedInjection } from './minted.ts';

const described = new WeakMap<Injection, ArmedInjection>();

/** Stored secrets alone: what they were before a rotation is all there is to try again with. */
export function describeStored(stored: Injection): ArmedInjection {
  const known = described.get(stored);
  if (known !== undefined) return known;
  const armed: ArmedInjection = {
    ...stored,
    credential: { kind: stored.values.length === 0 ? 'none' : 'secret' },
    renew: async () => null,
  };
  described.set(stored, armed);
  return armed;
}
