import PDFDocument from 'pdfkit';
import { nameEdition } from '../framework.ts';
import { formatTime, verdictWords } from '../page/render-controls.ts';
import type { ClaimReport, ControlReport, EvidenceReport, SignedEvidence } from './evidence-report.ts';

const link = '#1a3f9c';
const quiet = '#55585f';
const alarm = '#8f1033';

/** The report as a tagged PDF with an outline; each record is a link to where it is seen. Nothing in it runs. */
export async function renderPdf(signed: SignedEvidence): Promise<Uint8Array<ArrayBuffer>> {
  const { report } = signed;
  const document = new PDFDocument({
    ...{ size: 'A4', margin: 50, tagged: true, lang: 'en', displayTitle: true, pdfVersion: '1.7' },
    info: { Title: 'Evidence', Author: 'Countersign', CreationDate: new Date(report.madeAt) },
  });
  const parts: Buffer[] = [];
  document.on('data', (part: Buffer) => parts.push(part));
  const ended = new Promise<void>((resolve) => document.on('end', resolve));
  const page = new Page(document);
  page.heading('H1', 'Evidence for frameworks', 20);
  page.text(`${report.server} (${report.environment})`);
  page.text(
    `${formatTime(report.from)} to ${formatTime(report.to)}, made ${formatTime(report.madeAt)} by ${report.by}`,
  );
  page.text(
    'This is evidence from one installation and one period. It does not say that a framework is met.',
  );
  for (const framework of report.frameworks) {
    const top = page.heading('H2', nameEdition(framework), 15);
    if (framework.wording === 'summary') page.text('Titles are our summaries.', quiet);
    for (const control of framework.controls) writeControl(page, control, report, top);
  }
  page.heading('H2', 'How to check it', 15);
  page.text(
    `The signed JSON of report ${report.report} holds the proof of each record; this file is checked with its signature beside it. Samples are drawn by the seed ${report.seed}.`,
  );
  page.text(report.checkpoint);
  page.text(signed.vkey);
  document.end();
  await ended;
  return Uint8Array.from(Buffer.concat(parts));
}

type Outline = PDFKit.PDFOutline;

class Page {
  readonly #document: PDFKit.PDFDocument;

  constructor(document: PDFKit.PDFDocument) {
    this.#document = document;
  }

  heading(type: 'H1' | 'H2' | 'H3', text: string, size: number, under?: Outline): Outline {
    const shown = toPdfText(text);
    const document = this.#document;
    if (document.y > document.page.height - 130) document.addPage();
    this.#tag(type, () =>
      document
        .moveDown(0.6)
        .font('Helvetica-Bold')
        .fontSize(size)
        .fillColor('black')
        .text(shown, document.page.margins.left, document.y),
    );
    return (under ?? document.outline).addItem(shown);
  }

  text(text: string, color = 'black', indent = 0): void {
    const document = this.#document;
    const left = document.page.margins.left + indent;
    this.#tag('P', () => {
      document.font('Helvetica').fontSize(9.5).fillColor(color);
      document.text(toPdfText(text), left, document.y, { lineGap: 1.5 });
    });
  }

  verdict(words: string, color: string): void {
    const document = this.#document;
    this.#tag('P', () => {
      document.font('Helvetica-Bold').fontSize(9.5).fillColor(color);
      document.text(words, document.page.margins.left, document.y, { lineGap: 1.5 });
    });
  }

  link(text: string, url: string, indent: number): void {
    const document = this.#document;
    const left = document.page.margins.left + indent;
    this.#tag('P', () => {
      document.font('Helvetica').fontSize(9).fillColor(link);
      document.text(toPdfText(text), left, document.y, { link: url, underline: true, lineGap: 3 });
    });
  }

  space(): void {
    this.#document.moveDown(0.3);
  }

  #tag(type: string, write: () => void): void {
    this.#document.addStructure(this.#document.struct(type, {}, write));
  }
}

function writeControl(page: Page, control: ControlReport, report: EvidenceReport, top: Outline): void {
  page.heading('H3', `${control.id} ${control.title}`, 11, top);
  page.verdict(
    verdictWords[control.verdict].slice(2),
    control.verdict === 'counter_evidence' ? alarm : 'black',
  );
  page.text(control.why);
  for (const id of control.claims) {
    const claim = report.claims.find((one) => one.id === id);
    if (claim !== undefined) writeClaim(page, claim, report);
  }
  for (const { name, outcome, at, record } of control.drills) {
    const text = `Drill ${name}: ${outcome.replace('_', ' ')}, ${formatTime(at)}`;
    if (record === null) page.text(text, quiet, 12);
    else page.link(text, `${report.server}/ledger/${record}`, 12);
  }
  if (control.drillsNotRun.length > 0)
    page.text(`Not run in the period: ${control.drillsNotRun.join(', ')}.`, quiet, 12);
}

function writeClaim(page: Page, claim: ClaimReport, report: EvidenceReport): void {
  const { sentence, verdict, statement, against, facts, samples, population } = claim;
  page.space();
  page.text(sentence, 'black', 12);
  page.text(`${verdictWords[verdict].slice(2)}: ${statement}.`, 'black', 24);
  if (against.length > 0) page.text(`Against it: ${against.join('; ')}.`, alarm, 24);
  if (facts.length > 0)
    page.text(`Now: ${facts.map(({ name, value }) => `${name} = ${value}`).join(', ')}.`, quiet, 24);
  if (samples.length > 0) page.text(`${samples.length} of ${population} records:`, quiet, 24);
  for (const id of samples) {
    const record = report.records.find((one) => one.id === id);
    if (record !== undefined) page.link(`${record.kind} ${formatTime(record.at)} ${id}`, record.link, 24);
  }
}

const longestText = 4_000;
const longestWord = 200;

/**
 * What the built-in fonts cannot show is written as its code point, so nothing is invisible or another letter. Words are
 * broken, as fitting a word to a line takes the square of its length, and what is cut off is counted.
 */
export function toPdfText(text: string): string {
  const rest = text.length - longestText;
  const shown = rest > 0 ? `${text.slice(0, longestText)} (and ${rest} characters more)` : text;
  return shown
    .replace(/[^\n\x20-\x7e\xa1-\xac\xae-\xff‘’“”–—]/gu, (letter) => {
      return `\\u{${(letter.codePointAt(0) ?? 0).toString(16)}}`;
    })
    .replace(new RegExp(`\\S{${longestWord}}(?=\\S)`, 'gu'), '$& ');
}
