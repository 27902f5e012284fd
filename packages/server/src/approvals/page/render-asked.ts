import { type Html, html } from '../../http/html.ts';
import type { StoredApproval } from '../read-approval.ts';
import { renderText, renderWords } from './render-text.ts';

/** What the agent said with a request that it made ahead: quoted, and second to what is really asked. */
export function renderAsked({ kind, presented }: StoredApproval): Html {
  const what = kind === 'authority' ? 'Asks for authority' : 'Asks to do this once';
  return html`<section aria-labelledby="asked">
<h2 id="asked">${what}</h2>
<p>The agent asks ahead and named <b>${renderWords(presented.askedName ?? '')}</b>. Nothing has happened yet.</p>
${presented.message !== null && html`<p class="quiet">The agent says (not verified):</p><blockquote>${renderText(presented.message)}</blockquote>`}
</section>`;
}
