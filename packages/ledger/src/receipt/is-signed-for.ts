import { isObject } from './read-sd-jwt.ts';

/** What a text other than the action's own says yes to. */
export type SignedFor = 'group' | 'broken_glass';

/** What the text that a passkey signed is, when it says yes to the action of this digest; undefined when it does not. */
export function readSignedFor(signedText: string, actionDigest: string): SignedFor | undefined {
  try {
    const signed: unknown = JSON.parse(signedText);
    if (!isObject(signed)) return undefined;
    switch (signed.type) {
      // Several requests with one signature: it lists the digest of each.
      case 'countersign/group/v1':
        return Array.isArray(signed.actions) && signed.actions.includes(actionDigest) ? 'group' : undefined;
      // One person alone, in an emergency.
      case 'countersign/break-glass/v1':
        return signed.actionDigest === actionDigest ? 'broken_glass' : undefined;
      default:
        return undefined;
    }
  } catch {
    return undefined;
  }
}
