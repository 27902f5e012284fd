import { renderWords } from '../../../approvals/index.ts';
import type { PageAssets } from '../../../http/create-page-assets.ts';
import { type Html, html, ownMarkup } from '../../../http/html.ts';
import { pageStyle } from '../../../http/page-style.ts';
import { renderPage } from '../../../http/render-page.ts';
import { nameEdition } from '../framework.ts';
import type { SignedEvidence } from '../report/evidence-report.ts';
import { formatTime, renderControls } from './render-controls.ts';

/** The report as a page of the server. */
export function renderReport(signed: SignedEvidence, assets: PageAssets): string {
  const { report: id } = signed.report;
  return renderPage({
    title: 'Evidence',
    assets,
    scripts: [],
    body: html`<main class="approval evidence">${renderHead(signed)}
<p><a href="/evidence/${id}/report.pdf">PDF</a> (<a href="/evidence/${id}/report.pdf.sig">its signature</a>) · <a href="/evidence/${id}/report.html">HTML file</a> (<a href="/evidence/${id}/report.html.sig">its signature</a>) · <a href="/v1/exposure/evidence/reports/${id}">signed JSON</a> · <a href="/v1/exposure/evidence/reports/${id}/oscal">OSCAL</a> · <a href="/evidence">all reports</a></p>
${renderControls(signed.report)}${renderProof(signed)}</main>`,
  });
}

/** The same as one file that needs nothing else: its style is within, and nothing in it runs. */
export function renderReportFile(signed: SignedEvidence): string {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta http-equiv="content-security-policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>Evidence · Countersign</title>
<style>${ownMarkup(pageStyle)}</style>
</head>
<body><main class="approval evidence">${renderHead(signed)}${renderControls(signed.report)}${renderProof(signed)}</main></body>
</html>
`.markup;
}

function renderHead({ report }: SignedEvidence): Html {
  return html`<div class="band"><b>Evidence</b><span>${renderWords(report.server)}</span><span>${renderWords(report.environment)}</span></div>
<h1>What speaks for and against ${report.frameworks.reduce((sum, { controls }) => sum + controls.length, 0)} controls</h1>
<p class="for">${formatTime(report.from)} to ${formatTime(report.to)}, made ${formatTime(report.madeAt)} by ${renderWords(report.by)}</p>
<p>This is evidence from one installation and one period. It does not say that a framework is met.</p>
<nav aria-label="Frameworks"><ul class="limits">${report.frameworks.map(({ id, title, version }) => html`<li><a href="#${id}">${nameEdition({ title, version })}</a></li>`)}</ul></nav>`;
}

function renderProof({ report, vkey }: SignedEvidence): Html {
  return html`<section aria-labelledby="proof"><h2 id="proof">How to check it</h2>
<p>The signed JSON holds for each record above the proof that it is in the tree under this checkpoint: <code>countersign evidence verify</code> needs the file alone. A PDF or HTML file is checked with its signature beside it.</p>
<dl><dt>Report</dt><dd><code>${report.report}</code></dd>
<dt>Samples are drawn by the seed</dt><dd><code>${report.seed}</code></dd>
<dt>Checkpoint over ${report.size} records</dt><dd><code class="text">${report.checkpoint}</code></dd>
<dt>Key of the ledger</dt><dd><code>${vkey}</code></dd></dl></section>`;
}
