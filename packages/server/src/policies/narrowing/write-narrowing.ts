import { isDeepStrictEqual } from 'node:util';
import type { Expr, PolicyJson } from '@cedar-policy/cedar-wasm/nodejs';
import { writePolicy } from '../explain/cedar-text.ts';
import { ACTION_TYPE, CALL_GROUP, NAMESPACE } from '../schema/action-names.ts';

/** What exactly one agent is to lose, by name. */
export interface Narrowed {
  readonly agentId: string;
  /** `<upstream>/<tool>`. */
  readonly tools: readonly string[];
  /** Whole upstreams, tools to come included. */
  readonly upstreams: readonly string[];
}

const description =
  'Written by an access review: the agent did not use these. Undo it on the page of the review.';

/** The policy that takes it away. */
export function writeNarrowing(item: string, narrowed: Narrowed): string {
  return writePolicy({ ...makeForbid(narrowed), annotations: { id: item, description } });
}

/**
 * A `forbid` without a step-up, which grants nothing whatever it names. Tools and upstreams are named as resources, so
 * that it stays valid when they go.
 */
function makeForbid({ agentId, tools, upstreams }: Narrowed): PolicyJson {
  const resource: Expr = { Var: 'resource' };
  const isTool: Expr = { contains: { left: list('Tool', tools), right: resource } };
  const isWithin: Expr = { in: { left: resource, right: list('Upstream', upstreams) } };
  const either: Expr = { '||': { left: isTool, right: isWithin } };
  const body = upstreams.length === 0 ? isTool : tools.length === 0 ? isWithin : either;
  return {
    effect: 'forbid',
    principal: { op: '==', entity: { type: `${NAMESPACE}::Agent`, id: agentId } },
    action: { op: 'in', entity: { type: ACTION_TYPE, id: CALL_GROUP } },
    resource: { op: 'All' },
    conditions: [{ kind: 'when', body }],
  };
}

function list(type: string, ids: readonly string[]): Expr {
  return { Set: ids.map((id) => ({ Value: { __entity: { type: `${NAMESPACE}::${type}`, id } } })) };
}

/** What a policy takes away; undefined for any that can do more or other than one that `writeNarrowing` wrote. */
export function readNarrowing({ annotations, ...json }: PolicyJson): Narrowed | undefined {
  const { principal, conditions } = json;
  if (annotations?.stepUp !== undefined || annotations?.after !== undefined) return undefined;
  if (principal.op !== '==' || !('entity' in principal) || !('id' in principal.entity)) return undefined;
  const found: { type: string; id: string }[] = [];
  for (const { body } of conditions) collect(body, found);
  const of = (type: string) =>
    found.filter((one) => one.type === `${NAMESPACE}::${type}`).map(({ id }) => id);
  const narrowed = { agentId: principal.entity.id, tools: of('Tool'), upstreams: of('Upstream') };
  return isDeepStrictEqual(json, makeForbid(narrowed)) ? narrowed : undefined;
}

/** Policies that reached a bundle nest a bounded number of levels. */
function collect(value: unknown, found: { type: string; id: string }[]): void {
  if (typeof value !== 'object' || value === null) return;
  if ('type' in value && 'id' in value) found.push({ type: String(value.type), id: String(value.id) });
  else for (const member of Object.values(value)) collect(member, found);
}
