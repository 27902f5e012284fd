// Checks a bundle of Countersign's evidence with Node.js (20.19 or later) alone: no network, no other file.
//   node verify-bundle.mjs incident.bundle [--vkey <key>] [--witness <key>]... [--issuer <keys.json>] [--json]
// Ends with 0 when it verifies, 4 when it does not, 2 when it was not asked rightly.
import { createReadStream, readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { type BundleReport, readLines, verifyBundle } from '@countersign/ledger';

const usage =
  'usage: node verify-bundle.mjs <file> [--vkey <key>] [--witness <key>]... [--quorum <count>] [--issuer <keys.json>] [--json]';

await main().catch((error: unknown) => {
  console.error(`${error instanceof Error ? error.message : error}\n${usage}`);
  process.exitCode = 2;
});

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      issuer: { type: 'string' },
      json: { type: 'boolean' },
      quorum: { type: 'string' },
      vkey: { type: 'string' },
      witness: { type: 'string', multiple: true },
    },
  });
  const [file, ...others] = positionals;
  if (file === undefined || others.length > 0) throw new Error('name one file');
  const report = await verifyBundle(readLines(createReadStream(file)), {
    ...(values.vkey === undefined ? {} : { vkey: values.vkey }),
    ...(values.witness === undefined ? {} : { witnesses: values.witness }),
    ...(values.quorum === undefined ? {} : { quorum: Number(values.quorum) }),
    ...(values.issuer === undefined ? {} : { issuerKeys: readKeys(values.issuer) }),
  });
  console.log(values.json === true ? JSON.stringify(report, null, 2) : tell(report));
  process.exitCode = report.valid ? 0 : 4;
}

function readKeys(file: string): readonly Readonly<Record<string, unknown>>[] {
  const read: { readonly jwks?: { readonly keys?: unknown }; readonly keys?: unknown } = JSON.parse(
    readFileSync(file, 'utf8'),
  );
  const keys = read.jwks?.keys ?? read.keys;
  if (!Array.isArray(keys)) throw new Error(`${file} holds no keys`);
  return keys;
}

function tell(report: BundleReport): string {
  const { findings, findingsLeftOut, madeFor, receipts, records, size } = report;
  if (!report.valid) {
    const lines = findings.map(
      ({ code, line, record, detail }) => `${code}  line ${line}  ${record}  ${detail}`,
    );
    return plain([`NOT VERIFIED: ${findings.length + findingsLeftOut} findings`, ...lines]);
  }
  return plain([
    `verified: ${records} records of ${report.origin}, in the signed tree of ${size}`,
    `made for ${madeFor?.name} (${madeFor?.id}), ${new Date(report.madeAt ?? 0).toISOString()}`,
    ...(madeFor?.access === undefined ? [] : [describeAccess(madeFor.access, report.policiesOutOfScope)]),
    ...receipts.map(({ approval, outcome, proven, status }) => {
      const how = proven ? 'proven by passkeys over the text' : 'as its issuer says';
      return `${approval} was ${outcome}, ${how}${status?.value === 'invalid' ? ', and TAKEN BACK since' : ''}`;
    }),
    ...report.cosigned.map(({ name, at }) => `cosigned by ${name}, ${new Date(at * 1000).toISOString()}`),
    ...Object.entries(report.withheld).map(([reason, count]) => `${count} payloads are not here: ${reason}`),
    ...(report.missing > 0 ? [`${report.missing} earlier records are named as causes and are not here`] : []),
    ...(report.truncated ? ['there was more than went in'] : []),
    ...(report.key === 'claimed'
      ? ['Checked with the key that the bundle itself names: give --vkey to know whose it is.']
      : []),
  ]);
}

function describeAccess(
  { until, watermark }: NonNullable<NonNullable<BundleReport['madeFor']>['access']>,
  policies: number,
): string {
  const ends = new Date(until).toISOString();
  const kept = policies > 0 ? `; ${policies} policy versions are out of scope` : '';
  return `watermark ${watermark}: who may read only some of it, until ${ends}${kept}`;
}

/** What others wrote moves no cursor and turns no text around. */
function plain(lines: readonly string[]): string {
  return lines.map((line) => line.replace(/[^\P{C}]/gu, '\uFFFD')).join('\n');
}
