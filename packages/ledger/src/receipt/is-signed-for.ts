import { isObject } from './read-sd-jwt.ts';

/** Texts that a passkey signs for several actions at once, and where each lists their digests. */
const lists: ReadonlyMap<unknown, string> = new Map([['countersign/group/v1', 'actions']]);

/** Whether a signed text other than the action's own says yes to the action of this digest. */
export function isSignedFor(signedText: string, actionDigest: string): boolean {
  try {
    const signed: unknown = JSON.parse(signedText);
    if (!isObject(signed)) return false;
    const member = lists.get(signed.type);
    const listed = member === undefined ? undefined : signed[member];
    return Array.isArray(listed) && listed.includes(actionDigest);
  } catch {
    return false;
  }
}
