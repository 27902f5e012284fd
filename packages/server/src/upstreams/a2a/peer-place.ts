import { isJsonObject, type JsonObject } from '@countersign/core';

/** How calls of a tool reach a peer agent. It is part of the tool's pinned definition. */
export interface PeerPlace {
  /** Path and query of its JSON-RPC interface, at the upstream's own origin. */
  readonly path: string;
  /** Null for the tool that leaves the choice to the peer. */
  readonly skill: string | null;
  /** Whether it says that it can answer piece by piece. */
  readonly streams: boolean;
}

/** Where the place is kept in a definition's `_meta`. */
export const placeKey = 'countersign/a2a';

/** The tool that leaves the choice of the skill to the peer; each skill is another one below it. */
export const messageTool = 'message';

/** What a definition of a peer agent stands for: this server wrote it when it read the card. */
export function readPeerPlace(definition: JsonObject): PeerPlace | undefined {
  const meta = definition._meta;
  const kept = isJsonObject(meta) && Object.hasOwn(meta, placeKey) ? meta[placeKey] : undefined;
  return isJsonObject(kept) ? (kept as unknown as PeerPlace) : undefined;
}
