import { setImmediate } from 'node:timers/promises';
import { findMisfits } from '../bundle/find-misfits.ts';
import type { ParsedPolicy } from '../bundle/parse-bundle.ts';
import type { DeclaredTypes } from '../declared/index.ts';
import { type PreparedSet, prepareSet } from '../engine/prepared-set.ts';
import { type BundleLimits, collectLimits } from '../limits/index.ts';
import type { PolicyModes } from '../modes/read-modes.ts';
import type { DecisionRequest } from '../policy-state.ts';
import {
  listPlainGroups,
  listToolGroups,
  NAMESPACE,
  nameToolAction,
  PLAIN_OPERATIONS,
} from '../schema/action-names.ts';
import { readArgumentType } from '../schema/argument-type.ts';
import type { SchemaTool } from '../schema/generate-schema.ts';
import type { SliceTarget } from './match-scope.ts';
import { type Slice, type SlicedPolicies, selectPolicies } from './slice.ts';

export interface CompiledTool extends SchemaTool {
  readonly digest: string;
  readonly dataDomain: string;
}

/** A bundle that can decide. */
export interface LiveBundle {
  readonly version: string;
  /** SHA-256 of the canonical files, base64url. */
  readonly digest: string;
  readonly policies: readonly ParsedPolicy[];
  /** Null when the bundle declares no types. */
  readonly declared: DeclaredTypes | null;
  /** How far each counts; those that are not in it are enforced. */
  readonly modes: PolicyModes;
  /** The same policies, other modes. */
  withModes(modes: PolicyModes): LiveBundle;
  readonly limits: BundleLimits;
  /** The slice for a request; built when it is first asked for and when the tool has changed. Throws `policy.unavailable`. */
  sliceFor(
    request: Pick<DecisionRequest, 'operation' | 'upstream'> & { readonly tool: CompiledTool | null },
  ): Slice;
  /** Builds the slices of all tools ahead of their first calls, serving others in between. */
  warm(tools: Iterable<CompiledTool>): Promise<void>;
  /** By tool, the policies that do not fit it: it is denied until they do, or the tool is as before. */
  listMisfits(tools: Iterable<CompiledTool>): ReadonlyMap<string, readonly string[]>;
  /** Gives back what the engine holds; the bundle decides nothing after it. */
  release(): void;
}

interface BundleParts {
  readonly version: string;
  readonly digest: string;
  readonly policies: readonly ParsedPolicy[];
  readonly declared?: DeclaredTypes | null;
  /** The tools with which the whole bundle was validated; undefined when it was not, or not without errors. */
  readonly validatedWith?: readonly CompiledTool[];
}

interface PreparedPolicies {
  readonly whole: PreparedSet;
  readonly withoutStepUps: PreparedSet | null;
}

export function createLiveBundle(parts: BundleParts): LiveBundle {
  const { version, digest, policies, declared = null, validatedWith } = parts;
  const slices = new Map<string, { readonly fingerprint: string; readonly slice: Slice }>();
  // Tools with the same policies share the engine's sets, whatever their arguments.
  const prepared = new Map<string, PreparedPolicies>();
  const validated = new Set(validatedWith?.map(fingerprintTool));

  const prepare = (selected: SlicedPolicies): PreparedPolicies => {
    const known = prepared.get(selected.key);
    if (known !== undefined) return known;
    const whole = prepareSet(selected.whole);
    const withoutStepUps = selected.withoutStepUps && prepareSet(selected.withoutStepUps);
    prepared.set(selected.key, { whole, withoutStepUps });
    return { whole, withoutStepUps };
  };

  const sliceFor: LiveBundle['sliceFor'] = ({ operation, upstream, tool }) => {
    const key = tool === null ? `${operation} ${upstream}` : nameToolAction(upstream, tool.name);
    const fingerprint = tool === null ? '' : fingerprintTool(tool);
    const cached = slices.get(key);
    if (cached?.fingerprint === fingerprint) return cached.slice;
    const target = describeTarget(operation, upstream, tool);
    const selected = selectPolicies(policies, target);
    const isValidated = validatedWith !== undefined && (tool === null || validated.has(fingerprint));
    const misfits = isValidated
      ? []
      : findMisfits([...selected.policies.values()], target.action, tool, declared);
    const slice: Slice = {
      policies: selected.policies,
      misfits,
      arguments: readArgumentType(tool?.definition ?? {}),
      uses: selected.uses,
      ...prepare(selected),
    };
    slices.set(key, { fingerprint, slice });
    return slice;
  };

  const bundle: LiveBundle = {
    version,
    digest,
    policies,
    declared,
    limits: collectLimits(policies),
    modes: new Map(),
    withModes: (modes) => ({ ...bundle, modes }),
    sliceFor,
    warm: async (tools) => {
      const current = [...tools];
      const keys = new Set(current.map((tool) => nameToolAction(tool.upstream, tool.name)));
      for (const key of slices.keys()) if (key.includes('/') && !keys.has(key)) slices.delete(key);
      for (const tool of current) {
        await setImmediate();
        sliceFor({ operation: 'call', upstream: tool.upstream, tool });
      }
    },
    listMisfits: (tools) => {
      const found = new Map<string, readonly string[]>();
      for (const tool of tools) {
        const { misfits } = sliceFor({ operation: 'call', upstream: tool.upstream, tool });
        const ids = misfits.map((policy) => policy.id);
        if (ids.length > 0) found.set(nameToolAction(tool.upstream, tool.name), ids);
      }
      return found;
    },
    release: () => {
      for (const { whole, withoutStepUps } of prepared.values()) {
        whole.release();
        withoutStepUps?.release();
      }
    },
  };
  return bundle;
}

function describeTarget(
  operation: DecisionRequest['operation'],
  upstream: string,
  tool: CompiledTool | null,
): SliceTarget {
  if (tool !== null) {
    const action = nameToolAction(upstream, tool.name);
    const groups = listToolGroups(tool);
    const { dataDomain } = tool;
    return { action, groups, upstream, dataDomain, resourceType: `${NAMESPACE}::Tool`, resourceId: action };
  }
  const type = PLAIN_OPERATIONS.get(operation) ?? 'Upstream';
  const resourceId = type === 'Upstream' ? upstream : null;
  const groups = listPlainGroups(operation);
  const resourceType = `${NAMESPACE}::${type}`;
  return { action: operation, groups, upstream, dataDomain: null, resourceType, resourceId };
}

/** The definition's digest pins its arguments, the rest its groups and its data domain. */
function fingerprintTool(tool: CompiledTool): string {
  const { upstream, name, digest, dataDomain } = tool;
  return JSON.stringify([upstream, name, digest, dataDomain, listToolGroups(tool)]);
}
