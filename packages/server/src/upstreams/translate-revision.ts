import { isJsonObject, type JsonObject, type JsonValue } from '@countersign/core';
import { lied, metaKeys, modernRevision } from './json-rpc.ts';

export const legacyRevision = '2025-11-25';
/** Revisions that a stdio server may answer the handshake with. */
export const legacyRevisions: ReadonlySet<unknown> = new Set([
  '2025-11-25',
  '2025-06-18',
  '2025-03-26',
  '2024-11-05',
]);

/** What a legacy server said of itself in the handshake. */
export interface LegacyServer {
  readonly capabilities: JsonObject;
  readonly serverInfo: JsonObject;
  readonly instructions: string | undefined;
}

const modernMeta = 'io.modelcontextprotocol/';
// What both revisions mean alike; anything else is not offered on.
const sharedCapabilities = ['completions', 'prompts', 'resources', 'tools'];
const cacheableMethods = new Set([
  'prompts/list',
  'resources/list',
  'resources/read',
  'resources/templates/list',
  'tools/list',
]);

/** Reads the handshake's result, which is hostile. Throws `upstream.lied`. */
export function readLegacyServer(result: JsonObject): LegacyServer {
  if (!legacyRevisions.has(result.protocolVersion)) throw lied('the protocol version is not one we speak');
  const { capabilities, serverInfo, instructions } = result;
  if (!isJsonObject(capabilities) || !isJsonObject(serverInfo)) throw lied('a malformed handshake');
  return {
    capabilities,
    serverInfo,
    instructions: typeof instructions === 'string' ? instructions : undefined,
  };
}

/** Parameters of a 2026-07-28 request for a legacy server: without what only the newer revision knows. */
export function toLegacyParams(params: JsonValue | undefined, progressToken: number): JsonObject {
  const {
    _meta,
    inputResponses: _,
    requestState: __,
    task: ___,
    ...rest
  } = isJsonObject(params) ? params : {};
  const meta = Object.entries(isJsonObject(_meta) ? _meta : {}).filter(
    ([key]) => !key.startsWith(modernMeta) && key !== 'progressToken',
  );
  if (isJsonObject(_meta) && _meta.progressToken !== undefined) meta.push(['progressToken', progressToken]);
  return meta.length === 0 ? rest : { ...rest, _meta: Object.fromEntries(meta) };
}

/** A legacy result as 2026-07-28 has it: complete, and never for a shared cache. */
export function toModernResult(method: string, result: JsonObject, server: LegacyServer): JsonObject {
  const meta = isJsonObject(result._meta) ? result._meta : {};
  return {
    ...result,
    resultType: 'complete',
    ...(cacheableMethods.has(method) ? { ttlMs: 0, cacheScope: 'private' } : {}),
    _meta: { ...meta, [metaKeys.serverInfo]: server.serverInfo },
  };
}

/** The answer to `server/discover`, from the handshake. `hasSession`: a client that has the process to itself sets its log level. */
export function discoverLegacy(server: LegacyServer, hasSession = false): JsonObject {
  const names = hasSession ? [...sharedCapabilities, 'logging'] : sharedCapabilities;
  const capabilities = names.flatMap((name) => {
    const value = Object.hasOwn(server.capabilities, name) ? server.capabilities[name] : undefined;
    return value === undefined ? [] : [[name, value] as const];
  });
  const result = {
    supportedVersions: [modernRevision],
    capabilities: Object.fromEntries(capabilities),
    ...(server.instructions === undefined ? {} : { instructions: server.instructions }),
    ttlMs: 0,
    cacheScope: 'private',
  };
  return toModernResult('server/discover', result, server);
}

const resourceNotFound = -32_002;
const elicitationRequired = -32_042;

/** A legacy error as 2026-07-28 has it: two of its codes are no longer to be sent. Throws `upstream.lied`. */
export function toModernError(error: JsonValue | undefined): JsonObject {
  if (!isJsonObject(error) || !Number.isInteger(error.code) || typeof error.message !== 'string') {
    throw lied('a malformed error');
  }
  if (error.code === resourceNotFound) return { ...error, code: -32_602 };
  if (error.code !== elicitationRequired) return error;
  // Its data names a page to open that nobody here has looked at.
  return { code: -32_603, message: 'The upstream asks for something that this gateway does not support.' };
}
