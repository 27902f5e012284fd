import { type Html, html } from '../../http/html.ts';
import type { CausalStep } from '../presented.ts';
import { renderWords } from './render-text.ts';

const names: Readonly<Record<CausalStep['kind'], string>> = {
  prompt: 'Asked',
  flow: 'Came from',
  model: 'Asked for',
  read: 'Before',
  call: 'Now',
  gap: 'Not known',
};

/** How the call came about, in the order in which it did; a step that outsiders had a part in says so in words. */
export function renderSteps(steps: readonly CausalStep[] | undefined, id: string): Html | false {
  if (steps === undefined || steps.length === 0) return false;
  return html`<section aria-labelledby="steps">
<h2 id="steps">How it got here</h2>
<ol class="steps">${steps.map(
    ({ kind, text, isTainted }) =>
      html`<li${isTainted && html` class="tainted"`}><b>${names[kind]}</b> ${isTainted && html`<span class="alarm">! outside influence</span> `}${renderWords(text)}</li>`,
  )}</ol>
<p class="quiet">Record by record, for whoever may read the ledger: <code>countersign ledger why ${id}</code></p>
</section>`;
}
