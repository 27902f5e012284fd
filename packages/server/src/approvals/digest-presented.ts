import { canonicalJson, type JsonValue } from '@countersign/core';
import { sha256 } from '../platform/sha256.ts';
import type { Presented } from './presented.ts';

/** Of everything the page says beside the call itself; it is part of what is signed. */
export function digestPresented(presented: Presented): string {
  return sha256(canonicalJson(presented as unknown as JsonValue));
}
