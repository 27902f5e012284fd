import { LineCounter, parseDocument } from 'yaml';
import type { z } from 'zod';
import type { Mistake, TextFile } from './mistake.ts';

export type ReadYaml<T> =
  | { readonly ok: true; readonly value: T; lineAt(path: readonly PropertyKey[]): number }
  | { readonly ok: false; readonly mistakes: readonly Mistake[] };

const longestFile = 1_048_576;
const mostMistakes = 20;

/** YAML, or JSON which is YAML too, of a schema. Without aliases: a few could stand for gigabytes. */
export function readYaml<Schema extends z.ZodType>(
  { name, text }: TextFile,
  schema: Schema,
): ReadYaml<z.output<Schema>> {
  if (text.length > longestFile)
    return {
      ok: false,
      mistakes: [{ file: name, line: 1, message: `longer than ${longestFile} characters` }],
    };
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, merge: false, strict: true, uniqueKeys: true });
  if (document.errors.length > 0) {
    const mistakes = document.errors.slice(0, mostMistakes).map(({ pos, message }) => {
      return { file: name, line: lines.linePos(pos[0]).line, message: message.split('\n')[0] ?? message };
    });
    return { ok: false, mistakes };
  }
  const lineAt = (path: readonly PropertyKey[]): number => {
    for (let length = path.length; length > 0; length -= 1) {
      const node: unknown = document.getIn(path.slice(0, length), true);
      const range = typeof node === 'object' && node !== null && 'range' in node ? node.range : undefined;
      if (Array.isArray(range) && typeof range[0] === 'number') return lines.linePos(range[0]).line;
    }
    return 1;
  };
  let value: unknown;
  try {
    value = document.toJS({ maxAliasCount: 0 });
  } catch {
    return { ok: false, mistakes: [{ file: name, line: 1, message: 'aliases are not read here' }] };
  }
  const parsed = schema.safeParse(value);
  if (parsed.success) return { ok: true, value: parsed.data, lineAt };
  const mistakes = parsed.error.issues.slice(0, mostMistakes).map(({ path, message }) => {
    return { file: name, line: lineAt(path), message: `${path.map(String).join('.')}: ${message}` };
  });
  return { ok: false, mistakes };
}
