import type { Effect, JsonObject } from '@countersign/core';

export interface PinnedTool {
  readonly upstream: string;
  readonly name: string;
  /** SHA-256, base64url, of the canonical accepted definition. */
  readonly digest: string;
  readonly definition: JsonObject;
  readonly state: 'pinned' | 'quarantined' | 'missing';
  readonly effects: readonly Effect[];
  readonly dataDomain: string;
  readonly confirmed: boolean;
  /** JSON pointer into the arguments to an amount in minor units. */
  readonly amountPointer: string | null;
  /** ISO 4217 code of that amount, or a JSON pointer to it. */
  readonly amountCurrency: string | null;
  /** Never throws, bounded in time. */
  validateArguments(
    value: unknown,
  ): { readonly valid: true } | { readonly valid: false; readonly detail: string };
}

export interface UpstreamSettings {
  readonly url?: string;
  readonly allowPrivate?: boolean;
  readonly headers?: Readonly<Record<string, string>>;
  readonly command?: string;
  readonly args?: readonly string[];
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly timeoutSeconds?: number;
  readonly maxResultBytes?: number;
}

export interface UpstreamRequest {
  /** The JSON-RPC request or notification to send, as decided. */
  readonly message: JsonObject;
  /** Injected header values (http). */
  readonly headers: Readonly<Record<string, string>>;
  /** Injected environment (stdio). */
  readonly environment: Readonly<Record<string, string>>;
  /** Identifies the injected secret versions, so that processes are never shared across them. */
  readonly secretKey: string;
  /** Agent id: stdio processes are never shared across principals. */
  readonly principal: string;
  readonly signal: AbortSignal;
  readonly timeoutMilliseconds: number;
  readonly maxBytes: number;
  /** Interim notifications, in order, before the final reply. */
  onMessage(message: JsonObject): void;
}

export interface UpstreamReply {
  /** The final JSON-RPC response, strictly parsed, id checked. Null after a notification was accepted. */
  readonly response: JsonObject | null;
  /** The exact text of `response` as received, when it came as one JSON body. */
  readonly raw: string | null;
}

/** Throws `upstream.*` errors; an abort rejects with the signal's reason. */
export interface UpstreamConnection {
  send(request: UpstreamRequest): Promise<UpstreamReply>;
  close(): Promise<void>;
}

export interface LiveUpstream {
  readonly name: string;
  readonly kind: 'mcp-http' | 'mcp-stdio';
  readonly environment: string;
  readonly settings: UpstreamSettings;
  tool(name: string): PinnedTool | undefined;
  tools(): Iterable<PinnedTool>;
  readonly connection: UpstreamConnection;
}

export interface UpstreamDirectory {
  find(name: string): LiveUpstream | undefined;
  list(): Iterable<LiveUpstream>;
  /** Runs after any change of upstreams, pinned tools or their classification. */
  onChange(listener: () => void): () => void;
  close(): Promise<void>;
}
