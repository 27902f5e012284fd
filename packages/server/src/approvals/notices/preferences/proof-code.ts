import { createHmac, timingSafeEqual } from 'node:crypto';
import type { MasterKey } from '../../../platform/master-key.ts';
import type { Platform } from '../../../platform/platform.ts';

export interface ProofCode {
  readonly person_id: string;
  readonly channel: string;
  readonly address: string;
  readonly code: string;
}

/** Six digits, each equally likely. */
export function drawCode({ randomBytes }: Pick<Platform, 'randomBytes'>): string {
  let code = '';
  while (code.length < 6) {
    const [byte = 255] = randomBytes(1);
    if (byte < 250) code += String(byte % 10);
  }
  return code;
}

/** Keyed, since a million codes are soon tried by whoever reads the database. */
export function sealCode(masterKey: MasterKey, { person_id, channel, address, code }: ProofCode): string {
  const text = JSON.stringify([person_id, channel, address, code]);
  return createHmac('sha256', masterKey.derive('channel address code')).update(text).digest('base64url');
}

export function isCode(masterKey: MasterKey, proof: ProofCode, sealed: string): boolean {
  const [given, kept] = [Buffer.from(sealCode(masterKey, proof)), Buffer.from(sealed)];
  return given.length === kept.length && timingSafeEqual(given, kept);
}
