import { stringify } from 'smol-toml';

const header = /^\s*\[{1,2}\s*([^[\]]+?)\s*\]{1,2}\s*(?:#.*)?$/;

/**
 * The text without the table at the path and the tables below it. Only headers are looked at; whoever writes servers as
 * inline tables or dotted keys gets the same text back and has to notice.
 */
export function removeTable(text: string, path: readonly string[]): string {
  const kept: string[] = [];
  let inside = false;
  for (const line of text.split('\n')) {
    const named = header.exec(line)?.[1];
    if (named !== undefined) inside = isBelow(splitKey(named), path);
    if (!inside) kept.push(line);
  }
  return kept.join('\n');
}

/** The text with the table added at its end. */
export function writeTable(text: string, path: readonly string[], table: object): string {
  const nested = path.reduceRight<object>((inner, name) => ({ [name]: inner }), table);
  const before = text.trimEnd();
  return `${before === '' ? '' : `${before}\n\n`}${stringify(nested).trim()}\n`;
}

function isBelow(key: readonly string[], path: readonly string[]): boolean {
  return path.every((name, i) => key[i] === name);
}

/** The parts of a dotted key: bare, or in quotes. */
function splitKey(text: string): readonly string[] {
  const parts = text.match(/"(?:[^"\\]|\\.)*"|'[^']*'|[A-Za-z0-9_-]+/g) ?? [];
  return parts.map((part) => {
    if (part.startsWith('"')) return unquote(part);
    return part.startsWith("'") ? part.slice(1, -1) : part;
  });
}

function unquote(part: string): string {
  try {
    return String(JSON.parse(part));
  } catch {
    return part;
  }
}
