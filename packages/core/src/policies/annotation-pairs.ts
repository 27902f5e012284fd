export type AnnotationPairs =
  | { readonly ok: true; readonly values: ReadonlyMap<string, string> }
  | { readonly ok: false; readonly detail: string };

/** Reads `key=value` pairs divided by `;`. A mistyped or repeated key refuses: left out, it would change what is meant. */
export function readAnnotationPairs(text: string, keys: readonly string[]): AnnotationPairs {
  const values = new Map<string, string>();
  for (const pair of text.split(';')) {
    if (pair.trim() === '') continue;
    const equals = pair.indexOf('=');
    const key = pair.slice(0, Math.max(0, equals)).trim();
    if (!keys.includes(key)) return { ok: false, detail: `unknown key in "${pair.trim()}"` };
    if (values.has(key)) return { ok: false, detail: `${key} is given twice` };
    values.set(key, pair.slice(equals + 1).trim());
  }
  return { ok: true, values };
}
