import { canonicalJson } from '../actions/canonical-json.ts';

/** What one person says who lets an action happen alone, in an emergency. */
export interface BrokenGlass {
  readonly approval: string;
  /** What the request would otherwise have had signed. */
  readonly actionDigest: string;
  readonly reason: string;
  readonly nonce: string;
}

// Keeps what one person lets happen alone apart from what people approve.
const GLASS_TYPE = 'countersign/break-glass/v1';

/** The RFC 8785 text whose SHA-256 a passkey signs when one person breaks the glass. */
export function canonicalBreakGlass({ approval, actionDigest, reason, nonce }: BrokenGlass): string {
  return canonicalJson({ actionDigest, approval, nonce, reason, type: GLASS_TYPE });
}
