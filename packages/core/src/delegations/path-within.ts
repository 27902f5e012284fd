/** Also the overlong and `%u` spellings, which no valid UTF-8 contains but old decoders still read. */
const ENCODED = /%(?:25)*(?:2e|2f|5c|00|c0|c1|e0%80|f0%80|u[0-9a-f]{4})/i;
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is refused here
const UNREADABLE = /[\u0000-\u001f\u007f-\u009f\\]/;
const LONGEST_PATH = 4096;

/**
 * The segments of an absolute path, or `undefined` when two readers could read it differently: relative paths, `..`,
 * backslashes, control characters, percent-encoded dots and separators, letters that fold into them, and dots or
 * spaces that some systems drop. Further inside, `//` and `/./` mean the same to everyone and are folded.
 */
export function parseSafePath(path: string): string[] | undefined {
  // Two slashes at the start name another host in URLs and on Windows.
  if (path.length > LONGEST_PATH || !/^\/(?!\/)/.test(path) || !path.isWellFormed()) return undefined;
  const folded = path.normalize('NFKC');
  if (UNREADABLE.test(folded) || ENCODED.test(folded)) return undefined;
  const segments = path.split('/');
  if (folded.split('/').length !== segments.length || folded.split('/').some(isDotted)) return undefined;
  return segments.filter((segment) => segment !== '' && segment !== '.');
}

/**
 * Attack: `..`, but also what other readers cut down to it: `.. ` and `...` (Windows), `..;x` (servlets), `..?`, `..:`.
 * A lone `.` stays in its directory.
 */
function isDotted(segment: string): boolean {
  return segment !== '.' && (/^ *\. *\./.test(segment) || /^[. ]+$/.test(segment));
}

/** Whether `path` is `directory` or lies below it, by segments. Symbolic links are the upstream's own affair. */
export function isPathWithin(path: string, directory: string): boolean {
  const inner = parseSafePath(path);
  const outer = parseSafePath(directory);
  if (inner === undefined || outer === undefined || inner.length < outer.length) return false;
  return outer.every((segment, i) => inner[i] === segment);
}
