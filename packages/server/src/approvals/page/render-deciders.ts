import { type Html, html } from '../../http/html.ts';
import type { PageView } from './render-approval.ts';
import { renderWords } from './render-text.ts';

const mostNamed = 6;

/** What others have said, and who else could: nobody decides alone without knowing it. */
export function renderDeciders({ approval, deciders }: PageView): Html | false {
  const isOpen = approval.state === 'requested';
  const named = isOpen ? deciders.slice(0, mostNamed) : [];
  if (approval.given.length === 0 && named.length === 0) return false;
  const more = deciders.length - named.length;
  return html`<section aria-labelledby="deciders">
<h2 id="deciders">Who decides</h2>
<ul class="deciders">
${approval.given.map(
  ({ personName, outcome, at }) =>
    html`<li>${outcome === 'approve' ? '●' : '■'} <b>${renderWords(personName)}</b> ${outcome === 'approve' ? 'approved' : 'denied'} at ${formatClock(at)}</li>`,
)}
${named.map(({ name, isOnCall }) => html`<li>◐ ${renderWords(name)} may still decide${isOnCall && ', on call'}</li>`)}
${isOpen && more > 0 && html`<li>and ${more} more</li>`}
</ul>
</section>`;
}

function formatClock(at: number): string {
  return `${new Date(at).toISOString().slice(11, 16)} UTC`;
}
