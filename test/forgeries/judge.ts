import {
  type ExportReport,
  formatExportEnd,
  formatExportHeader,
  readLines,
  verifyExport,
} from '@countersign/ledger';
import { type Forgery, type ForgeryKind, forge, forgeryKinds } from './forge.ts';
import { type Ledger, makeLedger } from './make-ledger.ts';
import { createChoices, type Random } from './random.ts';

export interface KindReport {
  readonly kind: ForgeryKind;
  readonly tried: number;
  /** Of them on the whole ledger. */
  readonly whole: number;
  readonly found: number;
  /** Found, and called what they were. */
  readonly named: number;
  /** How often each code was found. */
  readonly codes: Readonly<Record<string, number>>;
  readonly milliseconds: number;
  /** The first that were not found or not named. */
  readonly missed: readonly string[];
}

export interface Trial {
  readonly records: number;
  /** Changes of each kind. */
  readonly count: number;
  /** Of them on the whole ledger; the others on the stretch around the change. */
  readonly whole: number;
  readonly seed: number;
}

/** Makes changes of every kind and has the verifier judge each. The ledger as it is must pass first. */
export async function judgeForgeries(
  { records, count, whole, seed }: Trial,
  onKind: (report: KindReport) => void = () => {},
): Promise<readonly KindReport[]> {
  const random = createChoices(seed);
  const ledger = makeLedger(records, random);
  await requireSound(ledger, random);
  const reports: KindReport[] = [];
  for (const kind of forgeryKinds) {
    const report = await judgeKind({ kind, ledger, random, count, whole });
    reports.push(report);
    onKind(report);
  }
  return reports;
}

async function judgeKind(parts: {
  readonly kind: ForgeryKind;
  readonly ledger: Ledger;
  readonly random: Random;
  readonly count: number;
  readonly whole: number;
}): Promise<KindReport> {
  const { kind, ledger, random, count, whole } = parts;
  const begun = performance.now();
  const codes = new Map<string, number>();
  const missed: string[] = [];
  let [found, named] = [0, 0];
  for (let number = 0; number < count; number += 1) {
    const forgery = forge(kind, ledger, random, number < whole);
    const { findings, valid } = await judge(ledger, forgery);
    for (const code of new Set(findings.map((one) => one.code))) codes.set(code, (codes.get(code) ?? 0) + 1);
    if (!valid) found += 1;
    if (isNamed(findings, forgery)) named += 1;
    else if (missed.length < 5)
      missed.push(`${kind} ${number}: ${forgery.named} of ${forgery.seq}, found ${JSON.stringify(findings)}`);
  }
  const milliseconds = Math.round(performance.now() - begun);
  return {
    kind,
    tried: count,
    whole: Math.min(whole, count),
    found,
    named,
    codes: Object.fromEntries(codes),
    milliseconds,
    missed,
  };
}

function isNamed(findings: ExportReport['findings'], { named, seq }: Forgery): boolean {
  return findings.some((one) => named.includes(one.code) && (seq === null || one.seq === seq));
}

/** The export that somebody would show, byte for byte, judged as any export is. */
async function judge(ledger: Ledger, forgery: Forgery): Promise<ExportReport> {
  const { from, to, body, checkpoint, known } = forgery;
  const { peaks: frontier } = ledger.frontierAt(from);
  const { vkey, signer } = ledger;
  const header = formatExportHeader({ stream: 'main', origin: signer.key.name, vkey, from, to, frontier });
  const end = formatExportEnd({
    checkpoint: checkpoint ?? ledger.sign(ledger.frontierAt(ledger.size)),
    // One that was signed anew covers exactly what is shown.
    consistency: checkpoint === undefined ? await ledger.prove(to) : [],
  });
  const bytes = Buffer.concat([Buffer.from(`${header}\n`), body, Buffer.from(`${end}\n`)]);
  return verifyExport(readLines(stream(bytes)), {
    vkey,
    ...(known === undefined ? {} : { checkpoint: known }),
  });
}

async function* stream(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

/** The whole ledger, and stretches of it, pass as long as nobody has changed them. */
async function requireSound(ledger: Ledger, random: Random): Promise<void> {
  const stretches = Array.from({ length: 50 }, () => {
    const from = random.below(ledger.size);
    return { from, to: from + 1 + random.below(ledger.size - from) };
  });
  for (const { from, to } of [{ from: 0, to: ledger.size }, ...stretches]) {
    const body = Buffer.from(
      ledger.lines
        .slice(from, to)
        .map((line) => `${line}\n`)
        .join(''),
    );
    const known = ledger.sign(ledger.frontierAt(to));
    const { findings } = await judge(ledger, { from, to, body, known, named: [], seq: null });
    if (findings.length > 0) throw new Error(`the ledger itself does not pass: ${JSON.stringify(findings)}`);
  }
}
