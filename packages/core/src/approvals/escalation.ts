import { parseDuration } from './duration.ts';
import { type Escalation, type PersonSelector, sortSelectors } from './requirement.ts';
import { parseSelectors } from './selectors.ts';

const MOST_STEPS = 8;
const AFTER = { shortest: 10, longest: 7 * 24 * 60 * 60 };

/** Reads `10m:role:security,20m:role:admin`; undefined when a step is unreadable or there are too many. */
export function parseEscalation(text: string): readonly Escalation[] | undefined {
  const steps: { afterSeconds: number; approvers: readonly PersonSelector[] }[] = [];
  for (const part of text.split(',')) {
    const [, time = '', named = ''] = /^\s*([^:]*):(.*)$/.exec(part) ?? [];
    const afterSeconds = parseDuration(time.trim(), AFTER);
    const approvers = parseSelectors(named);
    if (afterSeconds === undefined || approvers === undefined) return undefined;
    steps.push({ afterSeconds, approvers });
  }
  return steps.length > MOST_STEPS ? undefined : arrangeEscalation(steps, []);
}

/** The same steps in the order of time, each with those whom it adds. */
export function arrangeEscalation(
  steps: readonly Escalation[],
  before: readonly PersonSelector[],
): readonly Escalation[] {
  const named = new Set<PersonSelector>(before);
  const arranged: Escalation[] = [];
  for (const afterSeconds of [...new Set(steps.map((step) => step.afterSeconds))].sort((a, b) => a - b)) {
    const due = steps.filter((step) => step.afterSeconds === afterSeconds);
    const added = sortSelectors(due.flatMap((step) => step.approvers)).filter((one) => !named.has(one));
    for (const one of added) named.add(one);
    if (added.length > 0) arranged.push({ afterSeconds, approvers: added });
  }
  return arranged;
}
