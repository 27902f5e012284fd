import { renderWords } from '../../../approvals/index.ts';
import type { PageAssets } from '../../../http/create-page-assets.ts';
import { html } from '../../../http/html.ts';
import { renderPage } from '../../../http/render-page.ts';
import { claims } from '../claims/list-claims.ts';
import { nameEdition } from '../framework.ts';
import type { EvidenceView, listFrameworks } from '../list-evidence.ts';
import { formatTime } from './render-controls.ts';

interface FrameworksPage {
  readonly frameworks: ReturnType<typeof listFrameworks>;
  readonly reports: readonly EvidenceView[];
  readonly assets: PageAssets;
}

/** Which frameworks are known, what is looked up for each control, and the reports there are. */
export function renderFrameworks({ frameworks, reports, assets }: FrameworksPage): string {
  const sentences = new Map(claims.map(({ id, sentence }) => [id as string, sentence]));
  return renderPage({
    title: 'Evidence',
    assets,
    scripts: [],
    body: html`<main class="approval evidence"><h1>Evidence for frameworks</h1>
<section aria-labelledby="reports"><h2 id="reports">Reports</h2>
${reports.length === 0 && html`<p>No report was made yet: <code>countersign evidence report</code> makes one.</p>`}
<ul class="rows">${reports.map((one) => html`<li><a href="/evidence/${one.id}">${formatTime(one.from)} to ${formatTime(one.to)}</a><br><span class="quiet">${one.frameworks.length} frameworks, made ${formatTime(one.madeAt)} by ${renderWords(one.by)}</span></li>`)}</ul></section>
${frameworks.map(
  ({
    id,
    title,
    version,
    controls,
  }) => html`<section aria-labelledby="${id}"><h2 id="${id}">${nameEdition({ title, version })}</h2>
<details class="more"><summary>${controls.length} controls</summary><dl>${controls.map(
    (control) =>
      html`<dt>${control.id} ${control.title}</dt><dd>${
        control.outOfScope !== undefined
          ? html`Out of scope. ${control.outOfScope}`
          : html`<ul class="limits">${(control.claims ?? []).map((claim) => html`<li>${sentences.get(claim)}</li>`)}</ul>`
      }</dd>`,
  )}</dl></details></section>`,
)}</main>`,
  });
}
