import type {
  CedarEntity,
  CedarExpressionJson,
  CedarValue,
  ExpressionBlame,
  FoundValue,
} from '@countersign/core';

type Node = Readonly<Record<string, unknown>>;

/** By operator, how far a bound has to move for the value to be within it, or outside of it. */
const WITHIN: Readonly<Record<string, number>> = { '<=': 0, '<': 1, '>=': 0, '>': -1 };
const OUTSIDE: Readonly<Record<string, number>> = { '<=': -1, '<': 0, '>=': 1, '>': 0 };
const MIRRORED: Readonly<Record<string, string>> = { '<=': '>=', '<': '>', '>=': '<=', '>': '<' };

/**
 * The expression with a bound moved, or a list made longer, by exactly the value that was found; undefined when no such
 * small step makes it what it should be.
 */
export function extendCondition(blame: ExpressionBlame): CedarExpressionJson | undefined {
  const { expression, wanted } = blame;
  const [operator, body] = readNode(expression);
  if (operator in WITHIN) return moveBound(blame, operator, body);
  if (!wanted) return undefined;
  if (operator === '==') return addAlternative(blame, [body.left, body.right]);
  if (operator === 'like' || operator === 'in') return addAlternative(blame, [body.left]);
  if (operator === 'contains') return addMember(blame, body);
  return undefined;
}

function moveBound(blame: ExpressionBlame, operator: string, body: Node): CedarExpressionJson | undefined {
  const isLeft = isLiteral(body.left);
  if (isLeft === isLiteral(body.right)) return undefined;
  const value = readFound(blame, isLeft ? body.right : body.left);
  if (typeof value !== 'number') return undefined;
  const steps = blame.wanted ? WITHIN : OUTSIDE;
  const step = steps[isLeft ? (MIRRORED[operator] ?? '') : operator];
  const moved = value + (step ?? Number.NaN);
  if (!Number.isSafeInteger(moved)) return undefined;
  const changed = { ...body, [isLeft ? 'left' : 'right']: { Value: moved } };
  return { [operator]: changed } as unknown as CedarExpressionJson;
}

/** Or exactly what was found. */
function addAlternative(blame: ExpressionBlame, sides: readonly unknown[]): CedarExpressionJson | undefined {
  const side = sides.find((one) => !isLiteral(one));
  const found = side === undefined ? undefined : readFound(blame, side);
  const literal = found === undefined ? undefined : writeLiteral(found);
  if (side === undefined || literal === undefined) return undefined;
  const right = { '==': { left: side as CedarExpressionJson, right: literal } };
  return { '||': { left: blame.expression, right } };
}

function addMember(blame: ExpressionBlame, { left, right }: Node): CedarExpressionJson | undefined {
  const members = readNode(left)[0] === 'Set' ? Reflect.get(left as object, 'Set') : undefined;
  const found = readFound(blame, right);
  const literal = found === undefined ? undefined : writeLiteral(found);
  if (!Array.isArray(members) || literal === undefined) return undefined;
  return { contains: { left: { Set: [...members, literal] }, right: right as CedarExpressionJson } };
}

/** What a side of the expression came to: it is among what was read. */
function readFound({ read }: ExpressionBlame, side: unknown): CedarValue | undefined {
  const text = JSON.stringify(side);
  const found: FoundValue | undefined = read.find((one) => JSON.stringify(one.expression) === text)?.found;
  return found?.ok === true ? found.value : undefined;
}

function writeLiteral(value: CedarValue): CedarExpressionJson | undefined {
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean')
    return { Value: value };
  return isEntity(value) ? { Value: { __entity: { type: value.type, id: value.id } } } : undefined;
}

function isEntity(value: CedarValue): value is CedarEntity {
  return typeof value === 'object' && value.kind === 'entity';
}

function isLiteral(expression: unknown): boolean {
  return readNode(expression)[0] === 'Value';
}

function readNode(expression: unknown): readonly [string, Node] {
  const [entry] = Object.entries((expression ?? {}) as object);
  return entry === undefined ? ['', {}] : [entry[0], entry[1] as Node];
}

/** The expression with one of its parts, the very object, replaced. */
export function replacePart(
  expression: CedarExpressionJson,
  part: CedarExpressionJson,
  by: CedarExpressionJson,
): CedarExpressionJson {
  return replace(expression, part, by) as CedarExpressionJson;
}

function replace(at: unknown, part: unknown, by: unknown): unknown {
  if (at === part) return by;
  if (Array.isArray(at)) return at.map((one) => replace(one, part, by));
  if (typeof at !== 'object' || at === null) return at;
  return Object.fromEntries(Object.entries(at).map(([name, one]) => [name, replace(one, part, by)]));
}
