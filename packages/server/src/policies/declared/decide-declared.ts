import type { CedarValueJson } from '@cedar-policy/cedar-wasm/nodejs';
import { combine, type JsonObject, NO_OBLIGATIONS, type Obligations, type Verdict } from '@countersign/core';
import { findObligations } from '../decide/find-obligations.ts';
import type { LiveBundle } from '../decide/live-bundle.ts';
import { readEntityName } from '../schema/entity-name.ts';
import { type DeclaredAction, type DeclaredTypes, findShape, listDeclaredActions } from './declared-types.ts';
import { evaluateDeclared, type ToldEntity } from './evaluate-declared.ts';
import { findMissing, mapDeclaredRecord, Untellable } from './map-declared.ts';

/** An entity of a question: its type and id, and what the enforcement point says of it. */
export interface AskedEntity {
  readonly type: string;
  readonly id: string;
  readonly properties: JsonObject;
}

/** A question about declared types. All of it is the enforcement point's word. */
export interface DeclaredQuestion {
  readonly principal: AskedEntity;
  readonly action: { readonly name: string; readonly properties: JsonObject };
  readonly resource: AskedEntity;
  readonly context: JsonObject;
}

/** Why a question could not be put to the policies; they deny it without being asked. */
export type QuestionFlaw = 'unknown_type' | 'unknown_action' | 'untyped';

export interface DeclaredVerdict {
  readonly verdict: Verdict;
  readonly policyVersion: string;
  readonly flaw: QuestionFlaw | null;
  /** What whoever enforces it owes when it lets it happen. */
  readonly obligations: Obligations;
}

const MOST_ID = 1_024;

/**
 * What the policies in force say of declared types. Properties that the types do not name are not looked at; those that
 * they name win over what the bundle says of the entity. What does not fit its type denies.
 */
export function decideDeclared(live: LiveBundle, question: DeclaredQuestion): DeclaredVerdict {
  const { declared, version: policyVersion } = live;
  const refuse = (flaw: QuestionFlaw): DeclaredVerdict => ({
    verdict: combine({ policies: [] }),
    policyVersion,
    flaw,
    obligations: NO_OBLIGATIONS,
  });
  if (declared === null) return refuse('unknown_type');
  const { principal, action, resource } = question;
  if ([principal, resource].some(({ type }) => findShape(declared, type) === undefined))
    return refuse('unknown_type');
  const found = findAction(declared, question);
  if (found === undefined) return refuse('unknown_action');
  try {
    const given = { ...question.context, action: action.properties };
    const verdict = evaluateDeclared(live, declared, {
      principal: describeEntity(declared, principal),
      action: found.uid,
      resource: describeEntity(declared, resource),
      context: mapContext(declared, found, given),
    });
    return { verdict, policyVersion, flaw: null, obligations: findObligations(live.policies, verdict) };
  } catch (thrown) {
    if (thrown instanceof Untellable) return refuse('untyped');
    throw thrown;
  }
}

function findAction(declared: DeclaredTypes, { principal, action, resource }: DeclaredQuestion) {
  const named = listDeclaredActions(declared).filter(
    ({ uid, principalTypes, resourceTypes }) =>
      uid.id === action.name &&
      principalTypes.includes(principal.type) &&
      resourceTypes.includes(resource.type),
  );
  // Two namespaces may both have such an action; which was meant cannot be told.
  return named.length === 1 ? named[0] : undefined;
}

function mapContext(
  declared: DeclaredTypes,
  action: DeclaredAction,
  given: JsonObject,
): Record<string, CedarValueJson> {
  if (action.context === undefined) return {};
  const context = mapDeclaredRecord(declared, action.context, given, 'context');
  const missing = findMissing(declared, action.context, context);
  if (missing !== undefined) throw new Untellable(`context.${missing}`);
  return context;
}

function describeEntity(declared: DeclaredTypes, entity: AskedEntity): ToldEntity {
  const { id, type, properties } = entity;
  if (id.length > MOST_ID || !id.isWellFormed()) throw new Untellable('id');
  const shape = findShape(declared, type);
  if (shape === 'none' || shape === undefined) return { type, id, attrs: {} };
  const known = declared.entities.find(({ uid }) => {
    const name = readEntityName(uid);
    return name.type === type && name.id === id;
  });
  const attrs = { ...known?.attrs, ...mapDeclaredRecord(declared, shape, properties, type) };
  const missing = findMissing(declared, shape, attrs);
  if (missing !== undefined) throw new Untellable(`${type}.${missing}`);
  return { type, id, attrs };
}
