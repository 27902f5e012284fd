// Cedar's JSON policy format, as the official parser gives it (https://docs.cedarpolicy.com/policies/json-format.html).

export interface EntityNameJson {
  readonly type: string;
  readonly id: string;
}

export type EntityReferenceJson = EntityNameJson | { readonly __entity: EntityNameJson };

/** A Long beyond ±(2^53-1) must be a `bigint`: as a `number` it has lost its last digits. */
export type CedarValueJson =
  | boolean
  | string
  | number
  | bigint
  | null
  | readonly CedarValueJson[]
  | { readonly __entity: EntityNameJson }
  | { readonly __extn: ExtensionCallJson }
  | { readonly [name: string]: CedarValueJson };

export type ExtensionCallJson =
  | { readonly fn: string; readonly arg: CedarValueJson }
  | { readonly fn: string; readonly args: readonly CedarValueJson[] };

export type CedarPatternJson = readonly ('Wildcard' | { readonly Literal: string })[];

interface One {
  readonly arg: CedarExpressionJson;
}

interface Two {
  readonly left: CedarExpressionJson;
  readonly right: CedarExpressionJson;
}

/** One member names the operation; whatever is none of these is a call of the extension function of that name. */
export type CedarExpressionJson =
  | { readonly Value: CedarValueJson }
  | { readonly Var: 'principal' | 'action' | 'resource' | 'context' }
  | { readonly Slot: string }
  | { readonly '!': One }
  | { readonly neg: One }
  | { readonly isEmpty: One }
  | { readonly '==': Two }
  | { readonly '!=': Two }
  | { readonly in: Two }
  | { readonly '<': Two }
  | { readonly '<=': Two }
  | { readonly '>': Two }
  | { readonly '>=': Two }
  | { readonly '&&': Two }
  | { readonly '||': Two }
  | { readonly '+': Two }
  | { readonly '-': Two }
  | { readonly '*': Two }
  | { readonly contains: Two }
  | { readonly containsAll: Two }
  | { readonly containsAny: Two }
  | { readonly getTag: Two }
  | { readonly hasTag: Two }
  | { readonly '.': { readonly left: CedarExpressionJson; readonly attr: string } }
  | { readonly has: { readonly left: CedarExpressionJson; readonly attr: string | readonly string[] } }
  | { readonly like: { readonly left: CedarExpressionJson; readonly pattern: CedarPatternJson } }
  | {
      readonly is: {
        readonly left: CedarExpressionJson;
        readonly entity_type: string;
        readonly in?: CedarExpressionJson;
      };
    }
  | {
      readonly 'if-then-else': {
        readonly if: CedarExpressionJson;
        readonly then: CedarExpressionJson;
        readonly else: CedarExpressionJson;
      };
    }
  | { readonly Set: readonly CedarExpressionJson[] }
  | { readonly Record: { readonly [name: string]: CedarExpressionJson } }
  | { readonly [extensionFunction: string]: readonly CedarExpressionJson[] };

type EntityOrSlotJson = { readonly entity: EntityReferenceJson } | { readonly slot: string };

export type CedarScopeJson =
  | { readonly op: 'All' }
  | ({ readonly op: '==' | 'in' } & EntityOrSlotJson)
  | { readonly op: 'is'; readonly entity_type: string; readonly in?: EntityOrSlotJson };

export type CedarActionScopeJson =
  | { readonly op: 'All' }
  | ({ readonly op: '==' } & EntityOrSlotJson)
  | { readonly op: 'in'; readonly entity: EntityReferenceJson }
  | { readonly op: 'in'; readonly entities: readonly EntityReferenceJson[] };

export interface CedarPolicyJson {
  readonly effect: 'permit' | 'forbid';
  readonly principal: CedarScopeJson;
  readonly action: CedarActionScopeJson;
  readonly resource: CedarScopeJson;
  readonly conditions: readonly { readonly kind: 'when' | 'unless'; readonly body: CedarExpressionJson }[];
  readonly annotations?: Readonly<Record<string, string | null>>;
}

export interface CedarTemplateLinkJson {
  readonly templateId: string;
  readonly newId: string;
  /** By slot: `?principal`, `?resource`. */
  readonly values: Readonly<Record<string, EntityReferenceJson>>;
}

export interface CedarPolicySetJson {
  readonly staticPolicies?: Readonly<Record<string, CedarPolicyJson>>;
  readonly templates?: Readonly<Record<string, CedarPolicyJson>>;
  readonly templateLinks?: readonly CedarTemplateLinkJson[];
}
