import { type Html, html } from '../../http/html.ts';
import type { CheckVerdict } from '../checks/index.ts';
import { renderWords } from './render-text.ts';

const verdicts: Readonly<Record<CheckVerdict['outcome'], string>> = {
  caught: 'You refused it. That is what a careful reader does.',
  missed: 'You approved it.',
  unanswered: 'It was not answered, which counts for nothing.',
  withdrawn: 'It was withdrawn before it was answered, which counts for nothing.',
};

/** At once, to the one who was checked: that nothing was real, and what there was to see. */
export function renderCheck({ outcome, reason }: CheckVerdict): Html {
  return html`<section class="controls">
<h2>This was a check</h2>
<p>${verdicts[outcome]} Nothing was asked for and nothing happened: it showed again what a colleague had refused. The reason they gave:</p>
<blockquote>${renderWords(reason)}</blockquote>
<p class="quiet">Your organisation shows some refused requests again, to learn whether people still read what they decide. The result is seen by you and by those who may read how people decide, by nobody else. <a href="/approvals/checks">All your checks</a></p>
</section>`;
}
