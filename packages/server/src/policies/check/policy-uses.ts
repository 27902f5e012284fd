import type { PolicyJson } from '@cedar-policy/cedar-wasm/nodejs';

/** Which parts of a value are read. `whole`: all of it, or what cannot be told. */
export interface Uses {
  whole: boolean;
  readonly members: Map<string, Uses>;
}

export type RequestUses = Readonly<Record<'principal' | 'action' | 'resource' | 'context', Uses>>;

function createUses(): RequestUses {
  return { principal: noUses(), action: noUses(), resource: noUses(), context: noUses() };
}

function noUses(): Uses {
  return { whole: false, members: new Map() };
}

/** What the conditions of a policy may read of a request. Whatever shape this does not know counts as reading everything. */
export function readUses(policy: PolicyJson): RequestUses {
  const uses = createUses();
  // Its parents are the agents that its authority came through, and groups.
  if ('in' in policy.principal || policy.principal.op === 'in') uses.principal.whole = true;
  if ('in' in policy.resource || policy.resource.op === 'in') uses.resource.whole = true;
  for (const { body } of policy.conditions) visit(body, uses);
  return uses;
}

function memberOf(uses: Uses, name: string): Uses {
  const found = uses.members.get(name);
  if (found !== undefined) return found;
  const made = noUses();
  uses.members.set(name, made);
  return made;
}

type Node = Readonly<Record<string, unknown>>;

const plainOperands: ReadonlySet<string> = new Set(['attr', 'pattern', 'entity_type']);
const comparisons: ReadonlySet<string> = new Set(['==', '!=', 'is', 'in']);

function visit(expression: unknown, uses: RequestUses): void {
  const path = readPath(expression);
  if (path === undefined) {
    const inner = readOperands(expression, uses);
    for (const one of inner) visit(one, uses);
    return;
  }
  const end = path.members.reduce(memberOf, uses[path.root]);
  // `has` reads whether there is a value, not the value.
  if (!path.isPresenceOnly) end.whole = true;
}

/** The expressions within one that must be visited. */
function readOperands(expression: unknown, uses: RequestUses): readonly unknown[] {
  const [operator, operand] = readNode(expression);
  if (operator === undefined) return readEverything(uses);
  if (operator === 'Value') return readLiteral(operand, uses);
  // Names of a record's members are free, and might look like operators.
  if (operator === 'Record' || operator === 'if-then-else') return Object.values(operand ?? {});
  if (Array.isArray(operand)) return operand;
  const { left, right, arg, in: inside, ...others } = (operand ?? {}) as Node;
  const isKnown = Object.keys(others).every((name) => plainOperands.has(name));
  if (!isKnown) return readEverything(uses);
  if (!comparisons.has(operator)) return [left, right, arg, inside].filter((one) => one !== undefined);
  // Whether two entities are the same, or of which type one is, takes their names; `in` takes the left one's parents.
  const takesParents = operator === 'in' || inside !== undefined;
  return [
    ...(takesParents || !isName(left) ? [left] : []),
    ...[right, inside].filter((side) => side !== undefined && !isName(side) && !isSetOfNames(side)),
  ];
}

/** The attributes of an entity that is named outright can be had for the request's own entities only. */
function readLiteral(value: unknown, uses: RequestUses): readonly unknown[] {
  if (typeof value === 'object' && value !== null)
    for (const root of ['principal', 'action', 'resource'] as const) uses[root].whole = true;
  return [];
}

function readEverything(uses: RequestUses): readonly unknown[] {
  for (const root of Object.values(uses)) root.whole = true;
  return [];
}

function isName(expression: unknown): boolean {
  const [operator, operand] = readNode(expression);
  return operator === 'Value' || (operator === 'Var' && operand !== 'context');
}

function isSetOfNames(expression: unknown): boolean {
  const [operator, operand] = readNode(expression);
  return operator === 'Set' && Array.isArray(operand) && operand.every(isName);
}

interface Path {
  readonly root: keyof RequestUses;
  readonly members: readonly string[];
  readonly isPresenceOnly: boolean;
}

/** `context.task.purpose` as a path, or undefined when it does not start at a variable. */
function readPath(expression: unknown): Path | undefined {
  const [operator, operand] = readNode(expression);
  if (operator === 'Var')
    return isRoot(operand) ? { root: operand, members: [], isPresenceOnly: false } : undefined;
  if (operator !== '.' && operator !== 'has') return undefined;
  const { left, attr } = operand as { readonly left: unknown; readonly attr: unknown };
  const before = readPath(left);
  const names: unknown[] = Array.isArray(attr) ? attr : [attr];
  if (before === undefined || !names.every((name) => typeof name === 'string')) return undefined;
  return { root: before.root, members: [...before.members, ...names], isPresenceOnly: operator === 'has' };
}

function isRoot(name: unknown): name is keyof RequestUses {
  return name === 'principal' || name === 'action' || name === 'resource' || name === 'context';
}

/** An expression is an object with its operator as its one member. */
function readNode(expression: unknown): [string | undefined, unknown] {
  if (typeof expression !== 'object' || expression === null || Array.isArray(expression))
    return [undefined, undefined];
  const entries = Object.entries(expression);
  return entries.length === 1 && entries[0] !== undefined ? entries[0] : [undefined, undefined];
}
