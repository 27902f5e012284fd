import type { ToolDefinition } from '../tool-definition.ts';
import { findChanges, type ToolBefore } from './find-changes.ts';
import { findCollisions } from './find-collisions.ts';
import { findHiddenText } from './find-hidden-text.ts';
import { findInstructions } from './find-instructions.ts';
import { findOddShape } from './find-odd-shape.ts';
import { findOtherTools } from './find-other-tools.ts';
import type { ToolFinding } from './finding.ts';
import { indexKnown, type KnownIndex } from './index-known.ts';
import { listTexts } from './list-texts.ts';
import { type KnownTool, readFeatures } from './tool-features.ts';

export interface ScannedTool {
  readonly definition: ToolDefinition;
  /** What of it was accepted; absent for a newcomer. */
  readonly before?: ToolBefore;
}

export interface ToolScan {
  readonly upstream: string;
  readonly tools: readonly ScannedTool[];
  /** All tools that were there before: those of other upstreams, and those of this one that are accepted. */
  readonly known: readonly KnownTool[];
}

const MOST_FINDINGS = 50;
const MOST_KNOWN = 10_000;

/**
 * What a person should know of these definitions before an agent reads them, by the name of the tool. Looks at text and
 * structure alone, in time linear in their size; definitions are hostile.
 */
export function scanTools({ upstream, tools, known }: ToolScan): ReadonlyMap<string, readonly ToolFinding[]> {
  const compared = known.slice(0, MOST_KNOWN);
  const offered = tools.map(({ definition }) => ({ upstream, definition }));
  let index: KnownIndex | undefined;
  const found = new Map<string, readonly ToolFinding[]>();
  for (const { definition, before } of tools) {
    const { texts, isWhole } = listTexts(definition);
    const findings: ToolFinding[] = [
      ...texts.flatMap(findHiddenText),
      ...texts.flatMap(findOddShape),
      ...findInstructions(texts),
      ...findOtherTools(upstream, texts, [...compared, ...offered]),
    ];
    if (!isWhole)
      findings.push({
        kind: 'over_long',
        grade: 'quarantine',
        path: '',
        because: 'it is too large to be looked at whole',
      });
    if (before !== undefined) findings.push(...findChanges(before, definition));
    if (before === undefined) {
      index ??= indexKnown(compared.map(readFeatures));
      findings.push(...findCollisions(readFeatures({ upstream, definition }), index));
    }
    found.set(definition.name, keepGravest(findings));
  }
  return found;
}

function keepGravest(findings: readonly ToolFinding[]): readonly ToolFinding[] {
  const held = findings.filter(({ grade }) => grade === 'quarantine');
  const told = findings.filter(({ grade }) => grade === 'warn');
  return [...held, ...told].slice(0, MOST_FINDINGS);
}
