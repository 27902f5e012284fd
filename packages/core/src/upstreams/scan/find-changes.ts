import { classifyFromAnnotations } from '../../actions/classify-from-annotations.ts';
import type { Effect } from '../../actions/effects.ts';
import { diffTools, type ToolDefinition } from '../tool-definition.ts';
import type { ToolFinding } from './finding.ts';

/** The definition that was accepted, and what the tool is known to do. */
export interface ToolBefore {
  readonly definition: ToolDefinition;
  readonly effects: readonly Effect[];
}

const MOST_PATHS = 5;

/** What of a change concerns how the tool is called and what it does. */
export function findChanges(before: ToolBefore, after: ToolDefinition): readonly ToolFinding[] {
  const findings: ToolFinding[] = [];
  const differences = diffTools(before.definition, after).filter(
    ({ path }) => path.startsWith('/inputSchema') || path.startsWith('/outputSchema'),
  );
  for (const { path, before: was, after: is } of differences.slice(0, MOST_PATHS)) {
    const how = was === undefined ? 'added to' : is === undefined ? 'taken from' : 'changed in';
    findings.push({ kind: 'schema_changed', grade: 'warn', path, because: `this was ${how} its schema` });
  }
  const known = new Set([...before.effects, ...classifyFromAnnotations(before.definition).effects]);
  const more = classifyFromAnnotations(after).effects.filter((effect) => !known.has(effect));
  if (more.length > 0)
    findings.push({
      kind: 'behaviour_changed',
      grade: 'quarantine',
      path: '',
      because: `it now looks like a tool for more than before: ${more.join(', ')}`,
    });
  return findings;
}
