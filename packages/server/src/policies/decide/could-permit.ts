import type { DecisionRequest } from '../policy-state.ts';
import type { LiveBundle } from './live-bundle.ts';
import { RequestEntities } from './request-entities.ts';

/** False only when no arguments at all could get an allow or a step-up for this agent. */
export function couldPermit(live: LiveBundle, request: Omit<DecisionRequest, 'arguments'>): boolean {
  const misfits = live.findMisfits(request);
  if (misfits.some(({ id }) => isEnforced(live, id))) return false;
  // Scopes read no arguments, and conditions are not evaluated.
  const entities = new RequestEntities({ ...request, arguments: {} });
  const { principal, action, resource } = entities;
  if (resource === undefined) return false;
  let isPermitted = false;
  for (const id of live.compiled.candidates({ principal, action, resource, entities })) {
    const { effect, json, sequence, stepUp } = live.require(id);
    if (!isEnforced(live, id)) continue;
    if (effect === 'permit') isPermitted = true;
    const isOutright = effect === 'forbid' && stepUp === undefined && sequence === null;
    if (isOutright && json.conditions.length === 0) return false;
  }
  return isPermitted;
}

function isEnforced({ modes }: LiveBundle, id: string): boolean {
  return (modes.get(id) ?? 'enforce') === 'enforce';
}
