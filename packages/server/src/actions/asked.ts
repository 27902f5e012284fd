import type { JsonObject } from '@countersign/core';
import type { EnforcementPoint } from '../tokens/index.ts';
import type { Attempt } from './stages.ts';

/** Who asks for a decision and enforces it. */
export interface Asker {
  readonly point: EnforcementPoint;
  /** Of the token it asked with; null for a proxy, which has none. */
  readonly jti: string | null;
}

export type AskingFront = Exclude<Attempt['front'], 'mcp' | 'http' | 'hooks'>;

/** A call that an agent is about to make at somebody else's enforcement point, in that one's words. */
export interface AskedCall {
  /** Of the action. */
  readonly id: string;
  readonly front: AskingFront;
  readonly asker: Asker;
  readonly agentId: string;
  /** Null where none was named. */
  readonly taskId: string | null;
  readonly upstream: string;
  readonly tool: string;
  readonly arguments: JsonObject;
  /** An approval that was proven to be for exactly this question. */
  readonly approvalId: string | null;
  readonly traceparent: string | null;
}
