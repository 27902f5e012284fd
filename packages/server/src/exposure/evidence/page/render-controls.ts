import { renderWords } from '../../../approvals/index.ts';
import { type Html, html } from '../../../http/html.ts';
import { nameEdition } from '../framework.ts';
import type { ClaimReport, ControlReport, EvidenceReport, Verdict } from '../report/evidence-report.ts';

export const verdictWords: Readonly<Record<Verdict, string>> = {
  evidence: '● Evidence',
  counter_evidence: '▲ Counter-evidence',
  configuration_only: '○ Configuration only',
  no_evidence: '– No evidence',
  out_of_scope: '· Out of scope',
};

/** Every framework of a report, control by control, each claim with the records it is sampled from. */
export function renderControls(report: EvidenceReport): Html {
  return html`${report.frameworks.map(
    (
      framework,
    ) => html`<section aria-labelledby="${framework.id}"><h2 id="${framework.id}">${nameEdition(framework)}</h2>
<p class="quiet">${framework.wording === 'summary' ? 'Titles are our summaries. ' : ''}${countVerdicts(framework.controls)}. <a href="${framework.source}" rel="noreferrer">Source</a>, ${framework.date}</p>
${framework.controls.map((control) => renderControl(control, report))}</section>`,
  )}`;
}

export function countVerdicts(controls: readonly ControlReport[]): string {
  const counts = Map.groupBy(controls, ({ verdict }) => verdict);
  return (Object.keys(verdictWords) as Verdict[])
    .flatMap((verdict) => {
      const count = counts.get(verdict)?.length ?? 0;
      return count === 0 ? [] : [`${verdictWords[verdict].slice(2).toLowerCase()} ${count}`];
    })
    .join(', ');
}

function renderControl(control: ControlReport, report: EvidenceReport): Html {
  const { id, title, verdict, why, claims, drills, drillsNotRun } = control;
  const found = claims.flatMap((claim) => report.claims.find((one) => one.id === claim) ?? []);
  return html`<article class="control"><h3>${id} ${title}</h3>
<p class="verdict ${verdict.replace('_', '-')}"><b>${verdictWords[verdict]}</b></p><p>${renderWords(why)}</p>
${found.length > 0 && html`<ul class="claims">${found.map((claim) => renderClaim(claim, report))}</ul>`}
${
  drills.length > 0 &&
  html`<p>Drills:</p><ul class="claims">${drills.map(
    (drill) =>
      html`<li>${renderWords(drill.name)}: <b>${drill.outcome.replace('_', ' ')}</b> on ${formatTime(drill.at)} ${drill.record !== null && html`<a href="${report.server}/ledger/${drill.record}">${drill.record}</a>`}</li>`,
  )}</ul>`
}
${drillsNotRun.length > 0 && html`<p class="quiet">Not run in the period: ${drillsNotRun.join(', ')}.</p>`}</article>`;
}

function renderClaim(claim: ClaimReport, report: EvidenceReport): Html {
  const { sentence, verdict, statement, population, complete, against, facts, samples } = claim;
  return html`<li>${sentence}<br><b>${verdictWords[verdict].slice(2)}</b>: ${renderWords(statement)}.
${against.length > 0 && html`<br><span class="alarm">Against it: ${renderWords(against.join('; '))}.</span>`}
${facts.length > 0 && html`<br><span class="quiet">Now: ${renderWords(facts.map(({ name, value }) => `${name} = ${value}`).join(', '))}.</span>`}
${samples.length > 0 && html`<details class="more"><summary>${samples.length} of ${complete ? '' : 'more than '}${population} records</summary><ul class="samples">${samples.map((id) => renderSample(id, report))}</ul></details>`}</li>`;
}

function renderSample(id: string, report: EvidenceReport): Html {
  const record = report.records.find((one) => one.id === id);
  if (record === undefined) return html`<li>${id}: not in the tree of this report</li>`;
  return html`<li><a href="${record.link}">${record.kind}</a> ${formatTime(record.at)}<br><code>${id}</code></li>`;
}

export function formatTime(at: number): string {
  return `${new Date(at).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}
