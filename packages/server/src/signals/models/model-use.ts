import { sha256 } from '../../platform/sha256.ts';

/** Which model an agent has, and what it is told to be. */
export interface ModelUse {
  readonly upstream: string;
  readonly asked: string;
  /** What the provider says that it is. */
  readonly answered: string;
  /** SHA-256 of the system prompt, base64url; null where there is none. */
  readonly systemDigest: string | null;
  /** SHA-256 of the tools that it is offered, base64url; null where there are none. */
  readonly toolsDigest: string | null;
}

export function fingerprintUse({ upstream, asked, answered, systemDigest, toolsDigest }: ModelUse): string {
  return sha256(JSON.stringify([upstream, asked, answered, systemDigest, toolsDigest]));
}

/** What of it is another than before. */
export function listChanged(before: ModelUse, after: ModelUse): readonly string[] {
  return [
    ...(before.upstream === after.upstream ? [] : ['provider']),
    ...(before.asked === after.asked && before.answered === after.answered ? [] : ['model']),
    ...(before.systemDigest === after.systemDigest ? [] : ['system']),
    ...(before.toolsDigest === after.toolsDigest ? [] : ['tools']),
  ];
}
