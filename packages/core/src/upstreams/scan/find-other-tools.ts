import type { ToolFinding } from './finding.ts';
import type { DefinitionText } from './list-texts.ts';
import type { KnownTool } from './tool-features.ts';

const IDENTIFIER = /[A-Za-z0-9]{1,64}(?:[_.-][A-Za-z0-9]{1,64}){1,8}/g;
const MOST_IDENTIFIERS = 2_000;
const LONG_NAME = 8;

/** A definition that speaks of a tool of another upstream: what an agent reads of one tool must not steer another. */
export function findOtherTools(
  upstream: string,
  texts: readonly DefinitionText[],
  known: readonly KnownTool[],
): readonly ToolFinding[] {
  const foreign = new Map<string, string>();
  const own = new Set<string>();
  for (const tool of known) {
    const name = tool.definition.name.toLowerCase();
    if (tool.upstream === upstream) own.add(name);
    else if (name.length >= LONG_NAME && /[_.-]/.test(name))
      foreign.set(name, `${tool.upstream}/${tool.definition.name}`);
  }
  const findings = new Map<string, ToolFinding>();
  let left = MOST_IDENTIFIERS;
  for (const { path, text, isName } of texts) {
    if (isName || left <= 0) continue;
    for (const [word] of text.matchAll(IDENTIFIER)) {
      left -= 1;
      if (left <= 0) break;
      const other = own.has(word.toLowerCase()) ? undefined : foreign.get(word.toLowerCase());
      if (other === undefined || findings.has(other)) continue;
      const because = 'it speaks of a tool that another upstream has';
      findings.set(other, { kind: 'other_tool', grade: 'quarantine', path, because, other });
    }
  }
  return [...findings.values()].slice(0, 10);
}
