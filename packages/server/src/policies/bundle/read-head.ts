import type { EntityUidJson, PolicyJson } from '@cedar-policy/cedar-wasm/nodejs';
import { EFFECTS, type Effect } from '@countersign/core';
import { nameEffectGroup } from '../schema/action-names.ts';
import { readEntityName } from '../schema/entity-name.ts';

/** All calls with an effect, one tool of an upstream, or what says neither. */
export type HeadAction = { readonly effect: Effect } | { readonly upstream: string } | null;

/** What a policy's scope names; undefined where it says nothing that narrows it. */
export interface PolicyHead {
  /** The one agent it is about. */
  readonly agentId: string | undefined;
  /** Calls of each of these it is about. */
  readonly actions: readonly HeadAction[] | undefined;
  /** The upstream, or `<upstream>/<name>`, that it is about. */
  readonly resource: string | undefined;
}

/** Reads the scope alone: conditions may narrow the policy further. */
export function readHead({ principal, action, resource }: PolicyJson): PolicyHead {
  return {
    agentId: principal.op === '==' && 'entity' in principal ? readId(principal.entity, 'Agent') : undefined,
    actions: readActions(action),
    resource:
      (resource.op === '==' || resource.op === 'in') && 'entity' in resource
        ? (readId(resource.entity, 'Tool') ?? readId(resource.entity, 'Upstream'))
        : undefined,
  };
}

function readActions(action: PolicyJson['action']): readonly HeadAction[] | undefined {
  if (action.op === 'All') return undefined;
  if ('entities' in action) return action.entities.map(readAction);
  return 'entity' in action ? [readAction(action.entity)] : undefined;
}

function readAction(entity: EntityUidJson): HeadAction {
  const { id } = readEntityName(entity);
  const effect = EFFECTS.find((one) => nameEffectGroup(one) === id);
  if (effect !== undefined) return { effect };
  const slash = id.indexOf('/');
  return slash < 0 ? null : { upstream: id.slice(0, slash) };
}

function readId(entity: EntityUidJson, type: string): string | undefined {
  const name = readEntityName(entity);
  return name.type.endsWith(`::${type}`) ? name.id : undefined;
}
