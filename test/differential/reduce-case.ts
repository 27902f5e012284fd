import type { Case, PolicySetJson } from './cases.ts';
import { isRecord, type Json, type JsonRecord, recordOf } from './json.ts';

/** Takes away from a case whatever it fails without: requests, policies, entities, attributes. */
export function reduceCase(one: Case, fails: (smaller: Case) => boolean): Case {
  let kept = one;
  const attempt = (smaller: Case): boolean => {
    if (!fails(smaller)) return false;
    kept = smaller;
    return true;
  };
  for (const request of one.requests) if (attempt({ ...kept, requests: [request] })) break;
  for (const link of one.policies.templateLinks)
    attempt(change(kept, { templateLinks: kept.policies.templateLinks.filter((other) => other !== link) }));
  for (const set of ['templates', 'staticPolicies'] as const)
    for (const id of Object.keys(one.policies[set]))
      attempt(change(kept, { [set]: without(kept.policies[set], id) }));
  for (const entity of one.entities)
    attempt({ ...kept, entities: kept.entities.filter((other) => other !== entity) });
  for (const name of Object.keys(kept.requests[0]?.context ?? {}))
    attempt({
      ...kept,
      requests: kept.requests.map((request) => ({ ...request, context: without(request.context, name) })),
    });
  for (const entity of kept.entities)
    for (const name of Object.keys(asRecord(entity.attrs))) reduceEntity(name, entity);
  return kept;

  function reduceEntity(name: string, { uid }: JsonRecord): void {
    attempt({
      ...kept,
      entities: kept.entities.map((entity) =>
        entity.uid === uid ? { ...entity, attrs: without(asRecord(entity.attrs), name) } : entity,
      ),
    });
  }
}

function change(one: Case, policies: Partial<PolicySetJson>): Case {
  return { ...one, policies: { ...one.policies, ...policies } as PolicySetJson };
}

function without(record: JsonRecord, name: string): JsonRecord {
  return recordOf(Object.entries(record).filter(([other]) => other !== name));
}

function asRecord(value: Json | undefined): JsonRecord {
  return isRecord(value) ? value : {};
}
