import { toAppError } from '@countersign/api';
import {
  type ActionKind,
  type ArgumentRole,
  EFFECTS,
  isJsonObject,
  type JsonObject,
} from '@countersign/core';
import type { CheckArguments, Fit } from './compile-schema.ts';
import { readOperation } from './http-api/operation.ts';
import { renderRequest } from './http-api/render-request.ts';
import type { PinnedTool, ToolRow } from './live-upstream.ts';
import { findParameterHeaders, type ParameterHeader } from './parameter-headers.ts';
import { readArgumentRoles, readResultLabels } from './tool-labels.ts';

/** A pinned tool with what only its upstream's connection needs. */
export interface LiveTool extends PinnedTool {
  readonly parameterHeaders: readonly ParameterHeader[];
}

/** Compiles nothing before the first call: a start with thousands of tools stays quick. */
export function createLiveTool(
  row: ToolRow,
  kind: ActionKind,
  checkOf: (digest: string, definition: JsonObject) => CheckArguments,
): LiveTool {
  const definition = parseObject(row.definition);
  const effects: unknown = JSON.parse(row.effects);
  let check: CheckArguments | undefined;
  let roles: readonly ArgumentRole[] | undefined;
  return {
    upstream: row.upstream,
    name: row.name,
    digest: row.digest,
    definition,
    state: row.state,
    effects: EFFECTS.filter((effect) => Array.isArray(effects) && effects.includes(effect)),
    // Nobody has said yet that it can be taken back.
    reversibility: row.confirmed !== 1 && row.reversibility === 'reversible' ? 'unknown' : row.reversibility,
    kind,
    dataDomain: row.data_domain,
    confirmed: row.confirmed === 1,
    amountPointer: row.amount_pointer,
    amountCurrency: row.amount_currency,
    get argumentRoles() {
      roles ??= readArgumentRoles(row, definition);
      return roles;
    },
    sentence: row.confirmed === 1 ? row.sentence : null,
    resultLabels: readResultLabels(row, kind),
    parameterHeaders: findParameterHeaders(definition.inputSchema) ?? [],
    validateArguments(value) {
      check ??= checkOf(row.digest, definition);
      const fit = check(value);
      return fit.valid ? checkRequest(definition, value) : fit;
    },
  };
}

/** What fits the schema of an operation must also be one request that nobody can read in two ways. */
function checkRequest(definition: JsonObject, value: unknown): Fit {
  const operation = readOperation(definition);
  if (operation === undefined || !isJsonObject(value)) return { valid: true };
  try {
    renderRequest(operation, value);
    return { valid: true };
  } catch (thrown) {
    return { valid: false, detail: toAppError(thrown).detail ?? 'no request can be made of it' };
  }
}

/** JSON that this server wrote itself. */
export function parseObject(text: string): JsonObject {
  const value: unknown = JSON.parse(text);
  return isJsonObject(value) ? value : {};
}
