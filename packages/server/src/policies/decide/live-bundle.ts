import { setImmediate } from 'node:timers/promises';
import { AppError } from '@countersign/api';
import type { CedarEvaluation, CompiledPolicies, ScopeTarget } from '@countersign/core';
import { couldMatch } from '@countersign/core';
import { findMisfits } from '../bundle/find-misfits.ts';
import type { ParsedPolicy } from '../bundle/parse-bundle.ts';
import type { DeclaredTypes } from '../declared/index.ts';
import { type BundleLimits, collectLimits } from '../limits/index.ts';
import type { PolicyModes } from '../modes/read-modes.ts';
import type { DecisionRequest } from '../policy-state.ts';
import { listToolGroups, nameToolAction } from '../schema/action-names.ts';
import type { SchemaTool } from '../schema/generate-schema.ts';
import { type BundleSequences, collectSequences } from './bundle-sequences.ts';
import type { ToldRequest } from './describe-request.ts';
import { nameActionId, nameEntity } from './entity-names.ts';

export interface CompiledTool extends SchemaTool {
  readonly digest: string;
  readonly dataDomain: string;
}

export type MisfitTarget = Pick<DecisionRequest, 'operation'> & { readonly tool: CompiledTool | null };

/** Everything a set of policies says about one request. What it throws is no evaluation. */
export type PolicyEngine = (request: ToldRequest) => CedarEvaluation;

/** A bundle that can decide. Never changes: what decides next is another one. */
export interface LiveBundle {
  readonly version: string;
  /** SHA-256 of the canonical files, base64url. */
  readonly digest: string;
  readonly policies: readonly ParsedPolicy[];
  /** Throws `policy.unavailable` for an id that is none of this bundle's. */
  require(id: string): ParsedPolicy;
  readonly compiled: CompiledPolicies;
  /** What decides: the compiled policies, unless they were found to disagree with the official engine. */
  readonly engine: PolicyEngine;
  /** The same policies, another engine. */
  withEngine(engine: PolicyEngine): LiveBundle;
  /** Null when the bundle declares no types. */
  readonly declared: DeclaredTypes | null;
  /** How far each counts; those that are not in it are enforced. */
  readonly modes: PolicyModes;
  /** The same policies, other modes. */
  withModes(modes: PolicyModes): LiveBundle;
  readonly limits: BundleLimits;
  readonly sequences: BundleSequences;
  /** The policies that do not fit the tool as it is now pinned: while one of them is enforced, it is denied. */
  findMisfits(target: MisfitTarget): readonly ParsedPolicy[];
  /** Looks for misfits of tools ahead of their first calls, serving others in between. */
  warm(tools: Iterable<CompiledTool>): Promise<void>;
  /** By tool, the policies that do not fit it. */
  listMisfits(tools: Iterable<CompiledTool>): ReadonlyMap<string, readonly string[]>;
}

interface BundleParts {
  readonly version: string;
  readonly digest: string;
  readonly policies: readonly ParsedPolicy[];
  readonly compiled: CompiledPolicies;
  readonly declared?: DeclaredTypes | null;
  /** The tools with which the whole bundle was validated; undefined when it was not, or not without errors. */
  readonly validatedWith?: readonly CompiledTool[];
}

export function createLiveBundle(parts: BundleParts): LiveBundle {
  const { version, digest, policies, compiled, declared = null } = parts;
  const byId = new Map(policies.map((policy) => [policy.id, policy]));
  const find = createMisfitSearch(parts);
  const bundle: LiveBundle = {
    ...{ version, digest, policies, compiled, declared },
    limits: collectLimits(policies),
    sequences: collectSequences(policies),
    require: (id) => {
      const policy = byId.get(id);
      if (policy === undefined) throw new AppError('policy.unavailable');
      return policy;
    },
    engine: compiled.evaluate,
    modes: new Map(),
    withEngine(engine) {
      return { ...this, engine };
    },
    withModes(modes) {
      return { ...this, modes };
    },
    findMisfits: find,
    warm: async (tools) => {
      for (const tool of tools) {
        await setImmediate();
        find({ operation: 'call', tool });
      }
    },
    listMisfits: (tools) => {
      const found = new Map<string, readonly string[]>();
      for (const tool of tools) {
        const ids = find({ operation: 'call', tool }).map((policy) => policy.id);
        if (ids.length > 0) found.set(nameToolAction(tool.upstream, tool.name), ids);
      }
      return found;
    },
  };
  return bundle;
}

/** What was validated as a whole has none; anything else is validated by itself, once. */
function createMisfitSearch(parts: BundleParts): (target: MisfitTarget) => readonly ParsedPolicy[] {
  const { policies, declared = null, validatedWith } = parts;
  const validated = new Set(validatedWith?.map(fingerprintTool));
  const byOperation = new Map<string, readonly ParsedPolicy[]>();
  // A tool that changes is another object.
  const byTool = new WeakMap<CompiledTool, readonly ParsedPolicy[]>();
  const search = (action: string, tool: CompiledTool | null): readonly ParsedPolicy[] => {
    const targets = { action: { ...nameActionId(action), ancestors: listAncestors(tool) }, ...aimAt(tool) };
    const fitting = policies.filter(({ json }) => couldMatch(json, targets) !== 'never');
    return findMisfits(fitting, action, tool, declared);
  };
  return ({ operation, tool }) => {
    if (tool === null) {
      if (validatedWith !== undefined) return NO_POLICIES;
      const known = byOperation.get(operation);
      const found = known ?? search(operation, null);
      byOperation.set(operation, found);
      return found;
    }
    const known = byTool.get(tool);
    if (known !== undefined) return known;
    const isValidated = validated.has(fingerprintTool(tool));
    const found = isValidated ? NO_POLICIES : search(nameToolAction(tool.upstream, tool.name), tool);
    byTool.set(tool, found);
    return found;
  };
}

const NO_POLICIES: readonly ParsedPolicy[] = [];

function listAncestors(tool: CompiledTool | null): ScopeTarget['ancestors'] {
  return tool === null ? [] : listToolGroups(tool).map(nameActionId);
}

function aimAt(tool: CompiledTool | null): { readonly resource?: ScopeTarget } {
  if (tool === null) return {};
  const { type, id } = nameEntity('Tool', nameToolAction(tool.upstream, tool.name));
  const ancestors = [nameEntity('Upstream', tool.upstream), nameEntity('DataDomain', tool.dataDomain)];
  return { resource: { type, id, ancestors } };
}

/** The definition's digest pins its arguments, the rest its groups and its data domain. */
function fingerprintTool(tool: CompiledTool): string {
  const { upstream, name, digest, dataDomain } = tool;
  return JSON.stringify([upstream, name, digest, dataDomain, listToolGroups(tool)]);
}
