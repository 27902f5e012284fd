import { parseWitnessKey } from '@countersign/ledger';
import type { Config } from '../../config/config.ts';
import { createGuardedFetch } from '../../outbound/guarded-fetch.ts';
import type { Witness } from './offer-checkpoint.ts';

const answerMilliseconds = 5_000;

/** The witnesses of the configuration, each reached under the address guard. Close their `fetch` in the end. */
export function createWitnesses({ ledger }: Pick<Config, 'ledger'>): readonly Witness[] {
  return ledger.witnesses.flatMap(({ vkey, url, allowPrivate = false }) => {
    const key = parseWitnessKey(vkey);
    if (key === undefined) return [];
    const fetch = createGuardedFetch({ allowPrivate, timeoutMilliseconds: answerMilliseconds });
    return [{ vkey, key, url: url.replace(/\/+$/, ''), fetch }];
  });
}
