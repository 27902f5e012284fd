import fc, { type Arbitrary } from 'fast-check';
import { condition } from './expressions.ts';
import { type Json, type JsonRecord, recordOf } from './json.ts';
import { record } from './values.ts';
import {
  actionUid,
  actionUids,
  entityTypes,
  principalUid,
  resourceUid,
  tag,
  type Uid,
  uid,
  universe,
} from './world.ts';

/** One policy set and the requests that are put to it, over the same entities. */
export interface Case extends JsonRecord {
  readonly policies: PolicySetJson;
  readonly entities: readonly JsonRecord[];
  readonly requests: readonly RequestJson[];
  /** Ours gets the policies as the official parser reads them from text, not as they were generated. */
  readonly asText: boolean;
}

export interface PolicySetJson extends JsonRecord {
  readonly staticPolicies: JsonRecord;
  readonly templates: JsonRecord;
  readonly templateLinks: readonly JsonRecord[];
}

export interface RequestJson extends JsonRecord {
  readonly principal: Uid;
  readonly action: Uid;
  readonly resource: Uid;
  readonly context: JsonRecord;
}

type Scope = JsonRecord;
const everything: Scope = { op: 'All' };

function scope(near: Arbitrary<Uid>, usualType: string): Arbitrary<Scope> {
  const type = fc.constantFrom(usualType, usualType, usualType, ...entityTypes);
  return fc.oneof(
    { arbitrary: fc.constant(everything), weight: 16 },
    { arbitrary: near.map((entity) => ({ op: '==', entity })), weight: 1 },
    { arbitrary: uid.map((entity) => ({ op: 'in', entity })), weight: 2 },
    { arbitrary: type.map((entity_type) => ({ op: 'is', entity_type })), weight: 2 },
    {
      arbitrary: fc
        .record({ entity_type: type, entity: uid })
        .map(({ entity_type, entity }) => ({ op: 'is', entity_type, in: { entity } })),
      weight: 1,
    },
  );
}

const actionScope: Arbitrary<Scope> = fc.oneof(
  { arbitrary: fc.constant(everything), weight: 12 },
  { arbitrary: actionUid.map((entity) => ({ op: '==', entity })), weight: 2 },
  { arbitrary: actionUid.map((entity) => ({ op: 'in', entity })), weight: 1 },
  { arbitrary: fc.subarray([...actionUids]).map((entities) => ({ op: 'in', entities })), weight: 2 },
);

const annotations: Arbitrary<JsonRecord> = fc.constantFrom<JsonRecord>(
  {},
  { id: 'x' },
  { note: '', other: 'é' },
);
const clause = fc.record({ kind: fc.constantFrom('when', 'when', 'unless'), body: condition });
const rest = {
  effect: fc.constantFrom('permit', 'permit', 'forbid'),
  action: actionScope,
  conditions: fc.array(clause, { maxLength: 2 }),
  annotations,
};
const policy: Arbitrary<JsonRecord> = fc.record({
  ...rest,
  principal: scope(principalUid, 'User'),
  resource: scope(resourceUid, 'Ns::Doc'),
});

const slots = ['?principal', '?resource'] as const;
type Slot = (typeof slots)[number];

function slotted(slot: Slot): Arbitrary<Scope> {
  return fc.oneof(
    fc.constantFrom<Scope>({ op: '==', slot }, { op: 'in', slot }),
    fc.constantFrom(...entityTypes).map((entity_type): Scope => ({ op: 'is', entity_type, in: { slot } })),
  );
}

interface LinkedTemplate {
  readonly template: JsonRecord;
  readonly links: readonly JsonRecord[];
}

/** With one slot or two, and up to three links. */
const linkedTemplate: Arbitrary<LinkedTemplate> = fc.oneof(
  withSlots(['?principal']),
  withSlots(['?resource']),
  withSlots(slots),
);

function withSlots(used: readonly Slot[]): Arbitrary<LinkedTemplate> {
  const has = (slot: Slot): boolean => used.includes(slot);
  const template = fc.record({
    ...rest,
    principal: has('?principal') ? slotted('?principal') : scope(principalUid, 'User'),
    resource: has('?resource') ? slotted('?resource') : scope(resourceUid, 'Ns::Doc'),
  });
  const values = fc
    .tuple(principalUid, resourceUid)
    .map(([principal, resource]) =>
      recordOf(used.map((slot) => [slot, slot === '?principal' ? principal : resource] as const)),
    );
  return fc.record({ template, links: fc.array(values, { maxLength: 3 }) });
}

const policySet: Arbitrary<PolicySetJson> = fc
  .tuple(
    fc.array(policy, { minLength: 1, maxLength: 12, size: 'max' }),
    fc.array(linkedTemplate, { maxLength: 2 }),
  )
  .map(([policies, linked]) => ({
    staticPolicies: recordOf(policies.map((found, at) => [`policy${at}`, found] as const)),
    templates: recordOf(linked.map(({ template }, at) => [`template${at}`, template] as const)),
    templateLinks: linked.flatMap(({ links }, at) =>
      links.map((values, link) => ({ templateId: `template${at}`, newId: `link${at}-${link}`, values })),
    ),
  }));

/** Entities in later ones only: a circle is refused before anything is decided. */
const entities: Arbitrary<JsonRecord[]> = fc
  .uniqueArray(
    fc.record({
      at: fc.nat({ max: universe.length - 1 }),
      parents: fc.uniqueArray(fc.nat({ max: universe.length - 1 }), { maxLength: 3 }),
      attrs: record,
      tags: fc.oneof(
        { arbitrary: fc.constant<JsonRecord>(recordOf([])), weight: 2 },
        {
          arbitrary: fc.dictionary(tag, fc.constantFrom<Json>('a', 1, true, ['a']), { maxKeys: 2 }),
          weight: 1,
        },
      ),
    }),
    { selector: ({ at }) => at, maxLength: 5 },
  )
  .map((found) =>
    found.map(({ at, parents, attrs, tags }) => ({
      uid: universe[at] ?? null,
      attrs,
      parents: parents.filter((parent) => parent > at).map((parent) => universe[parent] ?? null),
      tags,
    })),
  );

const request: Arbitrary<RequestJson> = fc.record({
  principal: principalUid,
  action: actionUid,
  resource: resourceUid,
  context: record,
});

export function caseOf(requests: number): Arbitrary<Case> {
  return fc.record({
    policies: policySet,
    entities,
    requests: fc.array(request, { minLength: 1, maxLength: requests, size: 'max' }),
    asText: fc.boolean(),
  });
}
