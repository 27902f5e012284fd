import type { CompiledExpression } from './expressions/compiled-expression.ts';

/** Compiled expressions of one policy set, by what they say. */
export interface SharedExpressions {
  /** What the same expression was compiled to before; else what `compile` makes of it now. */
  find(json: object, compile: () => CompiledExpression): CompiledExpression;
}

/** What nests deeper is compiled apart: it is told from others by a recursion. */
const DEEPEST_SHARED = 300;

/**
 * Policies say the same again and again (`context.args.amount`, `context.environment == "production"`). Compiled once
 * for all of them it stays in the processor's caches: with 10,000 policies, that is most of what a decision takes.
 */
export function shareExpressions(): SharedExpressions {
  const compiled = new Map<number, CompiledExpression>();
  const number = numberValues();
  return {
    find: (json, compile) => {
      const key = number(json);
      if (key === undefined) return compile();
      const known = compiled.get(key);
      if (known !== undefined) return known;
      const made = compile();
      compiled.set(key, made);
      return made;
    },
  };
}

/** Gives equal JSON values equal numbers. Each is written with the numbers of what is inside of it: linear in the text. */
function numberValues(): (json: object) => number | undefined {
  const numbers = new Map<string, number>();
  const known = new WeakMap<object, number>();
  const write = (value: unknown, depth: number): string | undefined => {
    if (typeof value === 'bigint') return `${value}n`;
    if (typeof value !== 'object' || value === null) return JSON.stringify(value);
    const found = number(value, depth + 1);
    return found === undefined ? undefined : `#${found}`;
  };
  const number = (json: object, depth: number): number | undefined => {
    const before = known.get(json);
    if (before !== undefined || depth > DEEPEST_SHARED) return before;
    const parts: string[] = [Array.isArray(json) ? '[' : '{'];
    for (const [name, value] of Object.entries(json)) {
      const part = write(value, depth);
      if (part === undefined) return undefined;
      parts.push(JSON.stringify(name), part);
    }
    const text = parts.join();
    const found = numbers.get(text) ?? numbers.size;
    numbers.set(text, found);
    known.set(json, found);
    return found;
  };
  return (json) => number(json, 0);
}
