import { isJsonObject, type JsonObject, type JsonValue } from '@countersign/core';
import { CountersignError } from '@countersign/sdk';
import { readEvents } from '../control/read-events.ts';
import type { BridgeTask } from './bridge-task.ts';
import {
  capabilitiesKey,
  errorMessage,
  modernRevision,
  type RequestId,
  readMeta,
  readObject,
  refusalMessage,
  versionKey,
} from './json-rpc.ts';
import { mirrorArguments, mirrorRequest } from './mirror-headers.ts';

export interface LinkRequest {
  readonly id: RequestId;
  readonly method: string;
  /** With the `_meta` that revision 2026-07-28 asks for. */
  readonly params: JsonObject;
  readonly signal: AbortSignal;
  onNotification(message: JsonObject): void;
}

const mostPages = 50;

/** Sends requests in revision 2026-07-28 to one upstream behind the gateway, with the task's token and a proof each. */
export class GatewayLink {
  readonly #task: BridgeTask;
  readonly #upstream: string;
  #schemas: Promise<Map<string, JsonValue | undefined>> | undefined;

  constructor(task: BridgeTask, upstream: string) {
    this.#task = task;
    this.#upstream = upstream;
  }

  /** The final answer, which may be an error. Never throws but for an aborted signal. */
  async send(request: LinkRequest): Promise<JsonObject> {
    const { id, method, signal } = request;
    try {
      const answer = await this.#exchange(request, await this.#mirror(request));
      if (method === 'tools/list') this.#schemas = undefined;
      return answer;
    } catch (error) {
      if (signal.aborted) throw error;
      if (error instanceof CountersignError) return refusalMessage(id, method, error.code, error.message);
      return refusalMessage(id, method, 'server.internal', 'the gateway cannot be reached');
    }
  }

  async #mirror({ method, params, signal }: LinkRequest): Promise<Record<string, string>> {
    const headers = mirrorRequest(method, params);
    const { name } = params;
    if (method !== 'tools/call' || typeof name !== 'string') return headers;
    const given = readObject(params.arguments);
    if (Object.keys(given).length === 0) return headers;
    this.#schemas ??= this.#listSchemas(readMeta(params), signal);
    const schemas = await this.#schemas.catch(() => {
      this.#schemas = undefined;
      return new Map<string, JsonValue | undefined>();
    });
    return { ...headers, ...mirrorArguments(schemas.get(name), given) };
  }

  /** The input schemas of the tools this agent may see: some say which arguments a request has to repeat. */
  async #listSchemas(meta: JsonObject, signal: AbortSignal): Promise<Map<string, JsonValue | undefined>> {
    const schemas = new Map<string, JsonValue | undefined>();
    const { [versionKey]: version = modernRevision, [capabilitiesKey]: capabilities = {} } = meta;
    const _meta = { [versionKey]: version, [capabilitiesKey]: capabilities };
    let cursor: JsonValue | undefined;
    for (let page = 0; page < mostPages; page++) {
      const params = cursor === undefined ? { _meta } : { _meta, cursor };
      const request = { id: `tools-${page}`, method: 'tools/list', params, signal, onNotification: () => {} };
      const result = readObject((await this.#exchange(request, mirrorRequest('tools/list', params))).result);
      for (const tool of Array.isArray(result.tools) ? result.tools : []) {
        if (isJsonObject(tool) && typeof tool.name === 'string') schemas.set(tool.name, tool.inputSchema);
      }
      cursor = result.nextCursor;
      if (typeof cursor !== 'string') break;
    }
    return schemas;
  }

  async #exchange(request: LinkRequest, mirrored: Record<string, string>): Promise<JsonObject> {
    const { id, method, params, signal } = request;
    const task = await this.#task.current();
    const version = readMeta(params)[versionKey];
    const response = await task.fetchFor(this.#upstream)(task.endpoint(this.#upstream), {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        accept: 'application/json, text/event-stream',
        'mcp-protocol-version': typeof version === 'string' ? version : modernRevision,
        ...mirrored,
      },
      body: JSON.stringify({ jsonrpc: '2.0', id, method, params }),
      signal,
    });
    const type = response.headers.get('content-type') ?? '';
    if (type.startsWith('text/event-stream') && response.body !== null) {
      for await (const { data } of readEvents(response.body)) {
        const message: unknown = JSON.parse(data);
        if (!isJsonObject(message)) continue;
        if (message.id === id && message.method === undefined) return message;
        if (message.method !== undefined && message.id === undefined) request.onNotification(message);
      }
      return errorMessage(id, -32_603, 'the answer broke off');
    }
    const message: unknown = type.includes('json') ? await response.json() : undefined;
    const isAnswer = isJsonObject(message) && (message.result !== undefined || message.error !== undefined);
    return isAnswer
      ? { ...message, id }
      : errorMessage(id, -32_603, `the gateway answered ${response.status}`);
  }
}
