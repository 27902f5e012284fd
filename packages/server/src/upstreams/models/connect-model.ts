import type { JsonObject } from '@countersign/core';
import { type ApiConnectionOptions, connectApi } from '../http-api/connect-api.ts';
import type { ImportedApi } from '../http-api/import-operations.ts';
import type { UpstreamConnection } from '../live-upstream.ts';
import { writeModelDocument } from './model-document.ts';

/** A model provider as the HTTP API that it is, with the operations that this house knows how to read. */
export function connectModel(options: Omit<ApiConnectionOptions, 'document'>): UpstreamConnection {
  const connection = connectApi({ ...options, document: writeModelDocument(options.settings) });
  return {
    ...connection,
    async listOperations(): Promise<ImportedApi> {
      const found = await connection.listOperations?.();
      return { tools: (found?.tools ?? []).map(describeEffects), refused: found?.refused ?? [] };
    },
  };
}

/** Nothing changes at a provider, and everything that is said to it has left the house. */
function describeEffects(tool: JsonObject): JsonObject {
  return {
    ...tool,
    annotations: { readOnlyHint: true, destructiveHint: false, idempotentHint: true, openWorldHint: true },
  };
}
