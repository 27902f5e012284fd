import { ACTION_TYPE } from '../schema/action-names.ts';
import { canConflictAlone, findTermConflict } from './find-term-conflict.ts';
import { findToolOf, type SchemaNames, toolType } from './known-names.ts';
import type { Literal } from './literal.ts';

/** Why these cannot all be so in any request; undefined when that is not proven. */
export function findConflict(names: SchemaNames, literals: readonly Literal[]): string | undefined {
  const byTerm = new Map<string, Literal[]>();
  for (const literal of [...literals, ...tieToolToAction(names, literals)]) {
    const others = byTerm.get(literal.term);
    if (others === undefined) byTerm.set(literal.term, [literal]);
    else others.push(literal);
  }
  for (const [term, together] of byTerm) {
    const conflict =
      together.length > 1 || canConflictAlone(together) ? findTermConflict(names, term, together) : undefined;
    if (conflict !== undefined) return conflict;
  }
  return undefined;
}

/** Calling a tool is an action of its own, and is done to that tool: the one says the other. */
function tieToolToAction(names: SchemaNames, literals: readonly Literal[]): readonly Literal[] {
  return literals.flatMap((literal): Literal[] => {
    if (literal.kind !== 'equals' && literal.kind !== 'within') return [];
    if (!literal.holds) return [];
    const entity = literal.kind === 'within' ? literal.entity : literal.value;
    if (!('type' in entity)) return [];
    const isTool = literal.term === 'resource' && entity.type === toolType;
    if (isTool && findToolOf(names, entity.id))
      return [
        {
          kind: 'equals',
          term: 'action',
          value: { kind: 'entity', type: ACTION_TYPE, id: entity.id },
          holds: true,
        },
      ];
    const tool = literal.term === 'action' && entity.type === ACTION_TYPE && findToolOf(names, entity.id);
    return tool
      ? [{ kind: 'equals', term: 'resource', value: { kind: 'entity', ...tool }, holds: true }]
      : [];
  });
}
