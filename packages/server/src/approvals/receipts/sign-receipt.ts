import { encodeDisclosure, type ReceiptClaims, receiptType } from '@countersign/ledger';
import { SignJWT } from 'jose';
import type { Platform } from '../../platform/platform.ts';
import type { ReceiptContent } from './describe-receipt.ts';
import type { ReceiptKeys } from './receipt-keys.ts';

const saltBytes = 16;

/**
 * An SD-JWT VC (RFC 9901; draft-ietf-oauth-sd-jwt-vc) without key binding. The text that was signed, the reason and each
 * vote can be left out by whoever shows it; the digests, the outcome, the chain and the policy cannot.
 */
export async function signReceipt(
  { platform, receipts }: { readonly platform: Platform; readonly receipts: ReceiptKeys },
  content: ReceiptContent,
  status: ReceiptClaims['status'],
): Promise<string> {
  const { signedAction, reason, votes, ...open } = content;
  const disclosures: string[] = [];
  const hide = (value: unknown, name?: string): string => {
    const made = encodeDisclosure(platform.randomBytes(saltBytes), value, name);
    disclosures.push(made.disclosure);
    return made.digest;
  };
  const members = Object.entries({ signedAction, reason }).filter(([, value]) => value !== undefined);
  // Sorted, so that their order says nothing (RFC 9901 §4.2.4.1).
  const digests = members.map(([name, value]) => hide(value, name)).sort();
  const claims = {
    ...open,
    status,
    votes: votes.map((vote) => ({ '...': hide(vote) })),
    _sd: digests,
    _sd_alg: 'sha-256',
  };
  const { kid, privateKey, publicJwk } = receipts.current;
  const jwt = await new SignJWT(claims)
    // The key goes along, so that the receipt can be read whole where the issuer's keys are not at hand.
    .setProtectedHeader({ alg: 'ES256', typ: receiptType, kid, jwk: publicJwk })
    .setIssuer(receipts.issuer)
    .setIssuedAt(Math.floor(platform.now() / 1000))
    .sign(privateKey);
  return [jwt, ...disclosures, ''].join('~');
}
