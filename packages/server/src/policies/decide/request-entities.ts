import { type CedarEntity, type CedarRecord, EMPTY_CEDAR_RECORD, type EntityStore } from '@countersign/core';
import type { DecisionRequest } from '../policy-state.ts';
import { describeEntities, type KnownEntity } from './describe-entities.ts';
import { nameAction, nameEntity, nameResource } from './entity-names.ts';
import { listActionAncestors, listAgentAncestors, listResourceAncestors } from './list-ancestors.ts';

const NO_ENTITIES: readonly CedarEntity[] = [];

/**
 * The entities of one request. Those of the chain and of people, which few policies ask for, are made when one does.
 * What is not known of a stranger cannot be read: a policy that asks for it errs, and so a `forbid` denies.
 */
export class RequestEntities implements EntityStore {
  readonly principal: CedarEntity;
  readonly action: CedarEntity;
  /** Undefined for a combination that the schema does not have. */
  readonly resource: CedarEntity | undefined;
  readonly #request: DecisionRequest;
  readonly #agentAncestors: readonly CedarEntity[];
  readonly #actionAncestors: readonly CedarEntity[];
  readonly #resourceAncestors: readonly CedarEntity[];
  #known: ReadonlyMap<string, KnownEntity> | undefined;

  constructor(request: DecisionRequest) {
    this.#request = request;
    this.principal = nameEntity('Agent', request.agent.id);
    this.action = nameAction(request);
    this.resource = nameResource(request);
    this.#agentAncestors = listAgentAncestors(request);
    this.#actionAncestors = listActionAncestors(request);
    this.#resourceAncestors = listResourceAncestors(request, this.resource);
  }

  attributes(name: CedarEntity): CedarRecord | undefined {
    return this.#all().get(name.key)?.attributes;
  }

  tags(name: CedarEntity): CedarRecord | undefined {
    return this.#all().has(name.key) ? EMPTY_CEDAR_RECORD : undefined;
  }

  ancestors(name: CedarEntity): readonly CedarEntity[] {
    if (name.key === this.principal.key) return this.#agentAncestors;
    if (name.key === this.action.key) return this.#actionAncestors;
    if (name.key === this.resource?.key) return this.#resourceAncestors;
    return this.#all().get(name.key)?.ancestors ?? NO_ENTITIES;
  }

  /** Every entity that anything is known of. */
  list(): readonly KnownEntity[] {
    return [...this.#all().values()];
  }

  #all(): ReadonlyMap<string, KnownEntity> {
    this.#known ??= describeEntities(this.#request, this);
    return this.#known;
  }
}
