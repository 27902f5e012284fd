import { renderWords } from '../../../approvals/index.ts';
import { type Html, html } from '../../../http/html.ts';
import type { NarrowingProposal, NarrowingStanding } from '../../../policies/index.ts';
import type { PolicyChange } from '../policy-change.ts';

/** What shrinking adds to the policies, line by line, or why it adds nothing. */
export function renderPolicyProposal({ change, why }: NarrowingProposal): Html {
  if (change === null)
    return html`<section aria-labelledby="policy"><h2 id="policy">Policies</h2><p>No policy change: ${renderWords(why ?? '')}.</p></section>`;
  return html`<section aria-labelledby="policy"><h2 id="policy">${why === null ? 'And the policies change' : 'No policy change'}</h2>
${why !== null && html`<p>${renderWords(why)}.</p>`}
<p>${renderNames(change.permits)} ${change.permits.length === 1 ? 'permits' : 'permit'} this agent more by name than it used. Added to <code>${change.file}</code>, on top of version <code>${change.base}</code>; it takes away and can grant nothing:</p>
${renderDiff('+', change.text)}
<p class="quiet">The official Cedar engine has read and validated it. Test cases are kept with your policy files: <code>countersign reviews policy ${change.item} policies/</code> says which of them it would break.</p></section>`;
}

/** What a decision added, what has become of it, and what taking it back removes. */
export function renderPolicyChange(
  change: PolicyChange,
  { standing, isUndone, mayUndo }: { standing: NarrowingStanding; isUndone: boolean; mayUndo: boolean },
): Html {
  const words: Record<NarrowingStanding, string> = {
    in_force: `Added by version ${change.to}, and in force.`,
    observed: `Added by version ${change.to}. Somebody has set its mode since, so that it refuses nothing.`,
    changed: 'Somebody has changed it since. It cannot be taken back here.',
    missing: isUndone ? 'Taken back.' : 'No longer there: policies without it were put in force since.',
  };
  const isRemoved = mayUndo && (standing === 'in_force' || standing === 'observed');
  return html`<section aria-labelledby="policy"><h2 id="policy">In the policies</h2>
<p>${words[standing]}</p>
<p><code>${change.file}</code>${isRemoved && html`: undoing removes exactly this, whatever else was changed meanwhile`}</p>
${renderDiff(isRemoved ? '−' : '+', change.text)}</section>`;
}

function renderNames(names: readonly string[]): readonly Html[] {
  return names.map((name, index) => html`${index > 0 && ', '}<code>${renderWords(name)}</code>`);
}

function renderDiff(sign: '+' | '−', text: string): Html {
  const lines = text.split('\n');
  return html`<div class="diff text">${lines.map((line) => {
    const shown = html`<span class="sign" aria-hidden="true">${sign}</span><span class="unseen">${sign === '+' ? 'added ' : 'removed '}</span>${renderWords(line)}`;
    return sign === '+' ? html`<ins>${shown}</ins>` : html`<del>${shown}</del>`;
  })}</div>`;
}
