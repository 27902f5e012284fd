import type {
  ActionKind,
  ArgumentRole,
  Effect,
  JsonObject,
  ResultLabels,
  Reversibility,
} from '@countersign/core';
import type { Selectable } from 'kysely';
import type { Schema } from '../plugins/database/schema.ts';
import type { UpstreamKind } from '../plugins/database/tables/upstream-tables.ts';
import type { PeerCall } from './a2a/peer-call.ts';
import type { UpstreamCredential } from './credentials/credential-settings.ts';
import type { ApiExchange, ApiReply } from './http-api/exchange.ts';
import type { ImportedApi } from './http-api/import-operations.ts';
import type { DocumentSource } from './http-api/load-document.ts';

export type UpstreamRow = Selectable<Schema['upstreams']>;
export type ToolRow = Selectable<Schema['tools']>;

export interface PinnedTool {
  readonly upstream: string;
  readonly name: string;
  /** SHA-256, base64url, of the canonical accepted definition. */
  readonly digest: string;
  readonly definition: JsonObject;
  readonly state: 'pinned' | 'quarantined' | 'missing';
  readonly effects: readonly Effect[];
  readonly reversibility: Reversibility;
  /** Over which protocol its upstream is reached. */
  readonly kind: ActionKind;
  readonly dataDomain: string;
  readonly confirmed: boolean;
  /** JSON pointer into the arguments to an amount in minor units. */
  readonly amountPointer: string | null;
  /** ISO 4217 code of that amount, or a JSON pointer to it. */
  readonly amountCurrency: string | null;
  /** What its arguments mean: as a person said, or else as proposed. */
  readonly argumentRoles: readonly ArgumentRole[];
  /** What a person lets be said of its calls where somebody is asked; null before anybody has confirmed it. */
  readonly sentence: string | null;
  /** What is known of its results; nothing of them is believed before a person has confirmed it. */
  readonly resultLabels: ResultLabels;
  /** Never throws, bounded in time. */
  validateArguments(
    value: unknown,
  ): { readonly valid: true } | { readonly valid: false; readonly detail: string };
}

export const modelProviders = ['openai', 'anthropic'] as const;
export type ModelProvider = (typeof modelProviders)[number];

export interface UpstreamSettings {
  readonly url?: string;
  readonly allowPrivate?: boolean;
  readonly headers?: Readonly<Record<string, string>>;
  /** Of an HTTP API: where its OpenAPI document is looked at; absent when a person gave the document itself. */
  readonly documentUrl?: string;
  /** Of an HTTP API: members of every query, and who calls by RFC 7617. */
  readonly query?: Readonly<Record<string, string>>;
  readonly basic?: { readonly username: string; readonly password: string };
  /** Of a model provider: whose API it speaks, the headers of callers that go on beside the known ones, and the tools of its own that it may use for them. */
  readonly provider?: ModelProvider;
  readonly passHeaders?: readonly string[];
  readonly hostedTools?: readonly string[];
  /** Of an HTTP API: what one body that is passed on piece by piece may have, either way. */
  readonly maxStreamBytes?: number;
  readonly command?: string;
  readonly args?: readonly string[];
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly timeoutSeconds?: number;
  readonly maxResultBytes?: number;
  /** How its credential is got, beside or instead of stored secrets. */
  readonly credential?: UpstreamCredential;
  /** Of an MCP server: whether what its messages map to is decided, too (AuthZEN COAZ-MCP); absent is `off`. */
  readonly authzenMapping?: 'off' | 'on';
  /** Of a program with tools of its own: the agents that may say which ones it has. */
  readonly declaredBy?: readonly string[];
  /** Of an MCP server: of which things its mappings may know what a task has read of them, by kind. */
  readonly remember?: Readonly<Record<string, RememberedKind>>;
  /** Of a peer agent: where its card is, where not below its URL, and who signs it. */
  readonly cardUrl?: string;
  readonly signedBy?: PeerSigner;
  /** Of a peer agent: whether agents may get tokens to call it without the gateway between them. */
  readonly direct?: boolean;
  /** Of a peer agent: the agent of ours that it is, to which an agent's task is handed over with each message. */
  readonly agent?: string;
  /** No credential of this upstream may be older. */
  readonly secretMaxAgeDays?: number;
}

/** Whose signature the card of a peer agent must carry. Exactly one of both. */
export interface PeerSigner {
  /** At the upstream's own origin. */
  readonly jwksUrl?: string;
  readonly keys?: readonly Readonly<Record<string, unknown>>[];
}

/** One kind of thing that an upstream's results tell of. */
export interface RememberedKind {
  /** JSON pointers to what together names the thing, in what is told of it or else in the arguments of the call. */
  readonly key: readonly string[];
  /** By tool: a JSON pointer, with `-` for each element, to what its result tells of such a thing; empty for all of it. */
  readonly from: Readonly<Record<string, string>>;
}

/** The session of a client of an earlier revision: an upstream of such a revision gets one of its own for it. */
export interface ClientSession {
  readonly id: string;
  /** What the client said it can be asked for. */
  readonly capabilities: JsonObject;
  /** Aborts when the session ends: what is kept for it ends too. */
  readonly ended: AbortSignal;
  /** Aborts when the client no longer wants this call, in whatever round of questions it is. */
  readonly call: AbortSignal;
}

export interface UpstreamRequest {
  /** The JSON-RPC request or notification to send, as decided. */
  readonly message: JsonObject;
  /** Injected header values (http). */
  readonly headers: Readonly<Record<string, string>>;
  /** Injected members of the query (HTTP APIs). */
  readonly query?: Readonly<Record<string, string>>;
  /** Injected environment (stdio). */
  readonly environment: Readonly<Record<string, string>>;
  /** Identifies the injected secret versions, so that processes are never shared across them. */
  readonly secretKey: string;
  /** Agent id: stdio processes are never shared across principals. */
  readonly principal: string;
  /** Set for clients of an earlier revision. Stdio processes are never shared across sessions either. */
  readonly session?: ClientSession;
  readonly signal: AbortSignal;
  readonly timeoutMilliseconds: number;
  readonly maxBytes: number;
  /** Interim notifications, in order, before the final reply. */
  onMessage(message: JsonObject): void;
  /** Set for callers that speak HTTP themselves, at an HTTP API. */
  readonly exchange?: ApiExchange & { readonly lifeMilliseconds: number };
  /** Set for callers that speak A2A themselves, at a peer agent. */
  readonly peer?: PeerCall;
}

export interface UpstreamReply {
  /** The final JSON-RPC response, strictly parsed, id checked. Null after a notification was accepted. */
  readonly response: JsonObject | null;
  /** The exact text of `response` as received, when it came as one JSON body. */
  readonly raw: string | null;
  /** How an HTTP API answered. */
  readonly http?: ApiReply;
}

/** Throws `upstream.*` errors; an abort rejects with the signal's reason. */
export interface UpstreamConnection {
  send(request: UpstreamRequest): Promise<UpstreamReply>;
  /** Of what a document describes: what that offers now. */
  listOperations?(): Promise<ImportedApi>;
  close(): Promise<void>;
}

export interface LiveUpstream {
  readonly name: string;
  readonly kind: UpstreamKind;
  readonly environment: string;
  readonly settings: UpstreamSettings;
  tool(name: string): PinnedTool | undefined;
  tools(): Iterable<PinnedTool>;
  readonly connection: UpstreamConnection;
}

/** The upstreams in force, in memory: the path reads no database. */
export interface UpstreamDirectory {
  find(name: string): LiveUpstream | undefined;
  list(): Iterable<LiveUpstream>;
  /** Runs after any change of upstreams, pinned tools or their classification. */
  onChange(listener: () => void): () => void;
  /** Runs when an upstream says that its tools changed; it may say so as often as it likes. */
  onToolsChanged(listener: (upstream: string) => void): () => void;
  /** A connection with these settings, which belongs to the caller until it is handed to `put`. */
  connect(upstream: UpstreamRow): UpstreamConnection;
  /** The OpenAPI document of an HTTP API. Throws `upstream.document_invalid`, `upstream.address_refused`. */
  loadDocument(source: Omit<DocumentSource, 'fetchDocument'>): Promise<JsonObject>;
  /** Puts what is now stored in force. Without a connection the one in use stays, or a new one is made. */
  put(upstream: UpstreamRow, tools: readonly ToolRow[], connection?: UpstreamConnection): void;
  /** Takes an upstream out of force and cuts its calls in flight. */
  drop(name: string): Promise<void>;
  close(): Promise<void>;
}
