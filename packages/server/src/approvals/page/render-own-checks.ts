import type { PageAssets } from '../../http/create-page-assets.ts';
import { html } from '../../http/html.ts';
import { renderPage } from '../../http/render-page.ts';
import type { OwnCheck } from '../checks/index.ts';
import { formatTime } from './render-approval.ts';
import { renderWords } from './render-text.ts';

const ends: Readonly<Record<OwnCheck['outcome'], string>> = {
  caught: '● You refused it',
  missed: '■ You approved it',
  unanswered: '◐ Not answered, which counts for nothing',
  withdrawn: '◐ Withdrawn, which counts for nothing',
};

/** What a person may know of how they are checked: that they are, how often at most, and how it went. */
export function renderOwnChecks(checks: readonly OwnCheck[], perWeek: number, assets: PageAssets): string {
  return renderPage({
    title: 'Your checks',
    assets,
    scripts: [],
    body: html`<main class="card">
<p class="brand"><a href="/">Countersign</a></p>
<h1>Your checks</h1>
<p>${perWeek === 0 ? 'Nobody is checked here now.' : `Each approver here is shown up to ${perWeek} refused ${perWeek === 1 ? 'request' : 'requests'} again in a week, as if they came now, to learn whether people still read what they decide.`} Nothing ever comes of a check. How yours ended is seen by you, and by those who may read how people decide.</p>
${checks.length === 0 && html`<p class="quiet">None of yours is over.</p>`}
<ul class="limits">${checks.map(
      ({ id, at, outcome, reason }) =>
        html`<li><a href="/approvals/${id}">${formatTime(at)}</a> ${ends[outcome]}. A colleague refused it: “${renderWords(reason)}”</li>`,
    )}</ul>
</main>`,
  });
}
