import { AppError, type LedgerRecord } from '@countersign/api';
import type { Platform } from '../../platform/platform.ts';
import type { Store } from '../../plugins/database/database.ts';
import type { MintedCredential } from './fill-credential.ts';
import type { Claimant, Holder, Issued } from './minted.ts';

const marginMilliseconds = 30_000;

/** What was issued, for as long as it may be used. Throws `upstream.credential_unavailable` when that is over. */
export function admitCredential(
  issued: Issued,
  claimant: Claimant | null,
  platform: Platform,
): MintedCredential {
  const now = platform.now();
  const margin = Math.min(marginMilliseconds, (issued.expiresAt - now) / 4);
  const usableUntil = Math.min(issued.expiresAt - margin, claimant?.expiresAt ?? Number.POSITIVE_INFINITY);
  if (usableUntil <= now)
    throw new AppError('upstream.credential_unavailable', { detail: 'what was issued has ended already' });
  return { id: platform.newId('rec'), issued, usableUntil };
}

/** Durable before the credential is first sent. */
export async function recordMinted(
  { store, platform }: { readonly store: Store; readonly platform: Platform },
  holder: Holder,
  claimant: Claimant | null,
  { id, issued, usableUntil }: MintedCredential,
): Promise<void> {
  const about: Partial<LedgerRecord> =
    claimant === null
      ? {}
      : { agent: claimant.agent, task: claimant.task, person: claimant.person, chain: claimant.chain };
  await store.append([
    {
      ...about,
      id,
      kind: 'upstream.credential_minted',
      at: platform.now(),
      causes: claimant?.cause === undefined ? [] : [claimant.cause],
      upstream: holder.name,
      body: {
        ...issued.facts,
        credential: issued.kind,
        usableUntil: Math.trunc(usableUntil),
        ...(issued.connection === undefined ? {} : { connection: issued.connection }),
      },
    },
  ]);
}
