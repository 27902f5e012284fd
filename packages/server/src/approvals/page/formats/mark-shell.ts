import type { Token } from './token.ts';

const PIECE =
  /'[^']*'?|"(?:[^"\\]|\\[\s\S])*"?|(?<![^\s;|&()])#[^\n]*|\$\(|`|<<?<?|>>?|\|\|?|&&?|[;()\n]|(?:[^\s'"`;|&()<>$\\]|\\[\s\S]|\$(?!\())+/g;
const AGAIN = new Set(['|', '||', '&', '&&', ';', '\n', '(', '$(', '`']);
/** What runs what follows. */
const PREFIXES = new Set([
  'sudo',
  'env',
  'nohup',
  'time',
  'exec',
  'xargs',
  'do',
  'then',
  'else',
  '!',
  'command',
]);

/** The words that are run, what joins commands or sends their output elsewhere, texts and remarks. */
export function markShell(text: string): readonly Token[] {
  const tokens: Token[] = [];
  let isCommand = true;
  for (const found of text.matchAll(PIECE)) {
    const [piece] = found;
    const at = { from: found.index, to: found.index + piece.length };
    if (AGAIN.has(piece)) {
      isCommand = true;
      if (piece !== '\n') tokens.push({ ...at, kind: 'operator' });
    } else if (/^(?:<|>|\))/.test(piece)) {
      tokens.push({ ...at, kind: 'operator' });
    } else if (piece.startsWith('#')) {
      tokens.push({ ...at, kind: 'remark' });
    } else if (isCommand) {
      tokens.push({ ...at, kind: 'keyword' });
      // An assignment before a command is not what runs.
      isCommand = PREFIXES.has(piece) || /^\w+=/.test(piece);
    } else if (/^['"]/.test(piece)) {
      tokens.push({ ...at, kind: 'quoted' });
    }
  }
  return tokens;
}
