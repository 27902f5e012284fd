import type { GrantBasis, Requirement } from '@countersign/core';
import { sha256 } from '../../platform/sha256.ts';

/**
 * Equal for requests that are the same but for their arguments and tasks; null for what is decided alone: whatever is of the
 * gravest tier, or cannot be weighed.
 */
export function nameGroup(
  about: { readonly agent: string; readonly upstream: string; readonly tool: string },
  requirement: Requirement,
  basis: GrantBasis | null,
): string | null {
  if (basis === null || basis.tier === 3) return null;
  const { agent, upstream, tool } = about;
  const same = [agent, upstream, tool, basis.toolDigest, basis.environment, requirement];
  return sha256(JSON.stringify(same)).slice(0, 22);
}
