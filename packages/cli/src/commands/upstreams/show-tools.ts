import { showHonestly } from '../../output/honest-text.ts';
import type { Session } from '../../session.ts';
import { type RefusedTools, type ToolFacts, toolFields } from './upstream.ts';

/** Tools as a table, and what a person should look at next. */
export function showTools(session: Session, tools: readonly ToolFacts[], refused: RefusedTools = []): void {
  session.print.rows(tools, toolFields, 'no tools');
  for (const { name, reason } of refused)
    session.print.note(`refused: ${showHonestly(`${name}: ${reason}`)}`);
  const held = tools.find(({ state }) => state === 'quarantined');
  const unconfirmed = tools.find(({ state, confirmed }) => state === 'pinned' && !confirmed);
  const name = ({ upstream, name: tool }: ToolFacts) => showHonestly(`${upstream}/${tool}`);
  if (held !== undefined) session.print.next(`upstreams diff ${name(held)}`);
  if (unconfirmed !== undefined) {
    session.print.next(
      `upstreams diff ${name(unconfirmed)}`,
      `upstreams classify ${name(unconfirmed)} --effect <effect> --data-domain <domain>`,
    );
  }
}
