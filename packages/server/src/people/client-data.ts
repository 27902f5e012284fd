/** The challenge that a browser's answer claims to belong to; hostile, and undefined when it cannot be read. */
export function readClaimedChallenge(clientDataJson: string): string | undefined {
  try {
    const claimed: unknown = JSON.parse(Buffer.from(clientDataJson, 'base64url').toString('utf8'));
    if (typeof claimed !== 'object' || claimed === null || !('challenge' in claimed)) return undefined;
    return typeof claimed.challenge === 'string' ? claimed.challenge : undefined;
  } catch {
    return undefined;
  }
}

/** True when another site's frame asked: this console is never framed, so nobody honest does. */
export function isCrossOrigin(clientDataJson: string): boolean {
  try {
    const claimed: unknown = JSON.parse(Buffer.from(clientDataJson, 'base64url').toString('utf8'));
    return (
      typeof claimed === 'object' &&
      claimed !== null &&
      'crossOrigin' in claimed &&
      claimed.crossOrigin !== false
    );
  } catch {
    return true;
  }
}
