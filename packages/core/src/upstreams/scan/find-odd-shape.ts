import type { ToolFinding } from './finding.ts';
import type { DefinitionText } from './list-texts.ts';

const LONG_CHARACTERS = 8_000;
const LONG_NAME = 128;
/** What pushes the rest out of the window in which a person reads it. */
const PADDING = /[^\S\n]{80}|(?:[^\S\n]{0,8}\n){16}/;
const BLOB = /[A-Za-z0-9+/_-]{80}/g;
const MOST_BLOBS = 50;

/** Text that is shaped so that a person would not read it: pushed out of sight, encoded, or endless. */
export function findOddShape({ path, text, isName }: DefinitionText): readonly ToolFinding[] {
  const findings: ToolFinding[] = [];
  const padding = PADDING.exec(text);
  if (padding !== null && text.slice(padding.index).trim() !== '')
    findings.push({
      kind: 'out_of_sight',
      grade: 'quarantine',
      path,
      because: 'so much blank space stands before some of its text that nobody would see that',
    });
  if (hasBlob(text))
    findings.push({
      kind: 'encoded_text',
      grade: 'quarantine',
      path,
      because: 'it holds text in an encoding that people cannot read',
    });
  if (text.length > (isName ? LONG_NAME : LONG_CHARACTERS))
    findings.push({
      kind: 'over_long',
      grade: 'warn',
      path,
      because: `it is ${text.length} characters long`,
    });
  return findings;
}

/** Letters of both cases with digits, or digits of base 16, without a word in between; a path or an identifier is no blob. */
function hasBlob(text: string): boolean {
  let seen = 0;
  for (const [run] of text.matchAll(BLOB)) {
    seen += 1;
    if (seen > MOST_BLOBS) return true;
    const isHex = /^[0-9a-fA-F]+$/.test(run) && /[0-9]/.test(run);
    const changes = run.match(/[a-z][A-Z0-9]|[A-Z][0-9]|[0-9][A-Za-z]/g)?.length ?? 0;
    if (isHex || changes >= run.length / 8) return true;
  }
  return false;
}
