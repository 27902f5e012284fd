import { findTokens, type Token } from './token.ts';

export function isPatch(text: string): boolean {
  return /^(?:diff --git |--- \S|@@ -\d)/m.test(text);
}

/** Lines that a patch takes away and puts in, and where. */
export function markPatch(text: string): readonly Token[] {
  return findTokens(text, /^(?:@@[^\n]*|[-+][^\n]*|diff --git [^\n]*)/gm, ([line]) => {
    if (line.startsWith('@@') || line.startsWith('diff') || /^(?:---|\+\+\+) /.test(line)) return 'remark';
    return line.startsWith('-') ? 'warning' : 'keyword';
  });
}
