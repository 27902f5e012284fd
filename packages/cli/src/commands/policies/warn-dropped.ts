import type { Session } from '../../session.ts';

/** What an access review had taken away by policy, and a bundle gives back. */
export interface Dropped {
  readonly policyId: string;
  readonly file: string;
  readonly review: string;
  readonly item: string;
  readonly agent: string | null;
  readonly how: 'missing' | 'changed';
}

/** Nobody undoes a review without noticing: by name, and how to keep it. */
export function warnDropped(session: Session, dropped: readonly Dropped[], verb: string): void {
  if (dropped.length === 0) return;
  const { colors } = session.print;
  const head = `WARNING: this ${verb} what ${dropped.length === 1 ? 'an access review' : `${dropped.length} decisions of access reviews`} had taken away:`;
  session.print.note(colors.bold(head));
  for (const { policyId, file, item, agent, how } of dropped) {
    const what = how === 'missing' ? `is missing from ${file}` : `says something else in ${file}`;
    session.print.note(`  ${policyId} ${what} (agent ${agent ?? 'unknown'}, item ${item})`);
  }
  const [first] = dropped;
  if (first !== undefined)
    session.print.note(
      `Keep it with your policies: countersign reviews policy ${first.item} --write <folder>`,
    );
}
