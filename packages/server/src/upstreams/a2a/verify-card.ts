import { AppError } from '@countersign/api';
import { isJsonObject, type JsonObject, parseStrictJson } from '@countersign/core';
import { createLocalJWKSet, flattenedVerify, type JSONWebKeySet } from 'jose';
import { DocumentUnavailable, type FetchDocument } from '../../outbound/fetch-document.ts';
import { asymmetricAlgorithms } from '../../platform/asymmetric-algorithms.ts';
import type { PeerSigner } from '../live-upstream.ts';
import { canonicalCard } from './canonical-card.ts';

const mostSignatures = 8;
const mostKeys = 32;

export interface CardSource {
  readonly signedBy: PeerSigner;
  readonly allowPrivate: boolean;
  readonly fetchDocument: FetchDocument;
}

/**
 * Lets a card pass that one of the configured keys has signed (A2A 1.0, section 8.4). Where a card says that its keys are
 * (`jku`, `jwk`, `x5u`) is never looked at: whoever writes a card could name their own. Throws `upstream.card_invalid`.
 */
export async function verifyCard(card: JsonObject, source: CardSource): Promise<void> {
  const signatures = Array.isArray(card.signatures) ? card.signatures : [];
  if (signatures.length === 0) throw invalid('it is not signed');
  const keys = createLocalJWKSet(await loadKeys(source));
  const payload = Buffer.from(canonicalCard(card)).toString('base64url');
  for (const entry of signatures.slice(0, mostSignatures)) {
    if (!isJsonObject(entry)) continue;
    const { protected: head, signature } = entry;
    if (typeof head !== 'string' || typeof signature !== 'string') continue;
    try {
      // Only the protected header counts: nobody has signed the other.
      await flattenedVerify(
        { payload, protected: head, signature },
        (header) =>
          keys({ ...(header?.kid === undefined ? {} : { kid: header.kid }), alg: header?.alg ?? '' }),
        { algorithms: asymmetricAlgorithms },
      );
      return;
    } catch {
      // Another of its signatures may be by a key that is known here.
    }
  }
  throw invalid('no signature on it is by a key that is known for this upstream');
}

async function loadKeys({ signedBy, allowPrivate, fetchDocument }: CardSource): Promise<JSONWebKeySet> {
  if (signedBy.keys !== undefined) return { keys: [...signedBy.keys] } as unknown as JSONWebKeySet;
  try {
    const { text } = await fetchDocument({ url: signedBy.jwksUrl ?? '', allowPrivate });
    const parsed = parseStrictJson(text, { depth: 8, keys: 1024 });
    const set = parsed.ok ? parsed.value : undefined;
    if (isJsonObject(set) && Array.isArray(set.keys) && set.keys.length <= mostKeys)
      return set as unknown as JSONWebKeySet;
    throw invalid('the key set of its signer is not usable');
  } catch (thrown) {
    if (!(thrown instanceof DocumentUnavailable)) throw thrown;
    throw new AppError('upstream.card_invalid', { detail: `the keys: ${thrown.message}`, cause: thrown });
  }
}

export function invalid(detail: string): AppError {
  return new AppError('upstream.card_invalid', { detail });
}
