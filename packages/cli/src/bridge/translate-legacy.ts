import { isJsonObject, type JsonObject, type JsonValue } from '@countersign/core';
import {
  capabilitiesKey,
  clientInfoKey,
  logLevelKey,
  modernRevision,
  readMeta,
  readObject,
  serverInfoKey,
  versionKey,
} from './json-rpc.ts';

/** Revisions with a handshake; the first is offered to a client that asks for another. */
const legacyRevisions = ['2025-11-25', '2025-06-18', '2025-03-26', '2024-11-05'];
const modernPrefix = 'io.modelcontextprotocol/';
/** What a legacy client can be asked, and so may be declared for it. */
const askable = ['elicitation', 'roots', 'sampling'];
const offered = ['completions', 'logging', 'prompts', 'resources', 'tools'];

/** What a client of an earlier revision said in the handshake, and its log level since. */
export interface LegacyClient {
  readonly capabilities: JsonObject;
  readonly clientInfo: JsonObject;
  readonly logLevel: string | undefined;
}

export function readLegacyClient(params: JsonObject): LegacyClient {
  const declared = readObject(params.capabilities);
  const capabilities = askable.flatMap((name) =>
    isJsonObject(declared[name]) ? [[name, declared[name]]] : [],
  );
  return {
    capabilities: Object.fromEntries(capabilities),
    clientInfo: readObject(params.clientInfo),
    logLevel: undefined,
  };
}

/** The answer to `initialize`, from what the gateway says of the upstream. */
export function toInitializeResult(requested: JsonValue | undefined, discovered: JsonObject): JsonObject {
  const known = legacyRevisions.find((revision) => revision === requested);
  const server = readObject(discovered.capabilities);
  const capabilities = offered.flatMap((name) => (isJsonObject(server[name]) ? [[name, server[name]]] : []));
  const { [serverInfoKey]: serverInfo = { name: 'countersign', version: '0' } } = readMeta(discovered);
  const { instructions } = discovered;
  return {
    protocolVersion: known ?? legacyRevisions[0] ?? '',
    capabilities: Object.fromEntries(capabilities),
    serverInfo,
    ...(typeof instructions === 'string' ? { instructions } : {}),
  };
}

/** A legacy request's parameters with what revision 2026-07-28 wants in each request. */
export function toModernParams(params: JsonObject, client: LegacyClient): JsonObject {
  const meta = Object.entries(readMeta(params)).filter(([key]) => !key.startsWith(modernPrefix));
  const { task: _, ...rest } = params;
  return {
    ...rest,
    _meta: {
      ...Object.fromEntries(meta),
      [versionKey]: modernRevision,
      [capabilitiesKey]: client.capabilities,
      [clientInfoKey]: client.clientInfo,
      ...(client.logLevel === undefined ? {} : { [logLevelKey]: client.logLevel }),
    },
  };
}

/** An answer or notification without what a legacy client has never heard of. */
export function toLegacyMessage(message: JsonObject): JsonObject {
  if (isJsonObject(message.result)) {
    const { resultType: _, ttlMs: __, cacheScope: ___, ...result } = message.result;
    return { ...message, result: withoutModernMeta(result) };
  }
  return isJsonObject(message.params) ? { ...message, params: withoutModernMeta(message.params) } : message;
}

function withoutModernMeta(holder: JsonObject): JsonObject {
  const { _meta, ...rest } = holder;
  const meta = Object.entries(readObject(_meta)).filter(([key]) => !key.startsWith(modernPrefix));
  return meta.length === 0 ? rest : { ...rest, _meta: Object.fromEntries(meta) };
}
