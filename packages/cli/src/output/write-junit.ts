/** A case of a suite: `failure` is set when it did not pass. */
export interface JunitCase {
  readonly suite: string;
  readonly name: string;
  readonly file: string;
  readonly line: number;
  readonly failure?: { readonly message: string; readonly text: string };
}

/** The JUnit XML that CI systems read: suites in the order in which they first appear. */
export function writeJunit(name: string, cases: readonly JunitCase[]): string {
  const suites = Map.groupBy(cases, ({ suite }) => suite);
  const failures = cases.filter(({ failure }) => failure !== undefined).length;
  const lines = [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="${escapeXml(name)}" tests="${cases.length}" failures="${failures}">`,
  ];
  for (const [suite, members] of suites) {
    const failed = members.filter(({ failure }) => failure !== undefined).length;
    lines.push(`  <testsuite name="${escapeXml(suite)}" tests="${members.length}" failures="${failed}">`);
    for (const one of members) lines.push(...writeCase(one));
    lines.push('  </testsuite>');
  }
  return [...lines, '</testsuites>'].join('\n');
}

function writeCase({ suite, name, file, line, failure }: JunitCase): readonly string[] {
  const head = `    <testcase classname="${escapeXml(suite)}" name="${escapeXml(name)}" file="${escapeXml(file)}" line="${line}"`;
  if (failure === undefined) return [`${head}/>`];
  const said = `      <failure message="${escapeXml(failure.message)}">${escapeXml(failure.text)}</failure>`;
  return [`${head}>`, said, '    </testcase>'];
}

const entities = new Map([
  ['&', '&amp;'],
  ['<', '&lt;'],
  ['>', '&gt;'],
  ['"', '&quot;'],
  ['\n', '&#10;'],
  ['\r', '&#13;'],
  ['\t', '&#9;'],
]);

/** What XML 1.0 has no way to write is left out. */
function escapeXml(text: string): string {
  return text
    .toWellFormed()
    .replaceAll(/[&<>"\n\r\t]/g, (character) => entities.get(character) ?? '')
    .replaceAll(/[^\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, '');
}
