import type { Complaint, PolicyFile } from './complaint.ts';
import { locate } from './complaint.ts';

/** One policy's text as it stands in its file; `start` is the offset of its first character in UTF-16 units. */
export interface PolicyText {
  readonly file: PolicyFile;
  readonly start: number;
  readonly text: string;
}

export type SplitFile =
  | { readonly ok: true; readonly policies: readonly PolicyText[] }
  | { readonly ok: false; readonly complaint: Complaint };

// The engine's recursion overflows its stack, which destroys it, at about 120 nested brackets, 1,000 nested ifs and
// 3,000 chained operators. Policies stay far below each before the engine sees them.
const DEEPEST_BRACKETS = 40;
const MOST_IFS = 40;
const MOST_OPERATORS = 800;
const LONGEST_POLICY = 32_768;

const token = /\/\/[^\n]*|"[^"\\]*(?:\\[\s\S][^"\\]*)*"|[a-zA-Z_]\w*|\d+|\s+|[\s\S]/g;

/** Cuts a file at the `;` that end its policies, so that each is parsed, named and located by itself. */
export function splitPolicies(file: PolicyFile): SplitFile {
  const policies: PolicyText[] = [];
  let start: number | undefined;
  let size = { depth: 0, ifs: 0, operators: 0 };
  const refuse = (offset: number, message: string): SplitFile => {
    const at = locate(file.text, offset);
    return { ok: false, complaint: { severity: 'error', file: file.name, ...at, message } };
  };
  for (const { 0: found, index } of file.text.matchAll(token)) {
    if (found.startsWith('//') || found.trim() === '') continue;
    start ??= index;
    if (found === '"') return refuse(index, 'this string does not end');
    if (found === ';') {
      policies.push({ file, start, text: file.text.slice(start, index + 1) });
      start = undefined;
      size = { depth: 0, ifs: 0, operators: 0 };
      continue;
    }
    // Policies reach the engine as JSON, whose numbers would silently become their neighbours.
    if (/^\d/.test(found) && !Number.isSafeInteger(Number(found)))
      return refuse(index, 'this number is too large');
    if (/^[([{]$/.test(found)) size.depth += 1;
    else if (/^[)\]}]$/.test(found)) size.depth -= 1;
    else if (found === 'if') size.ifs += 1;
    else if (!/^["\w,@:]/.test(found)) size.operators += 1;
    if (size.depth > DEEPEST_BRACKETS) return refuse(index, `more than ${DEEPEST_BRACKETS} nested brackets`);
    if (size.ifs > MOST_IFS) return refuse(index, `more than ${MOST_IFS} ifs in one policy`);
    if (size.operators > MOST_OPERATORS)
      return refuse(index, `more than ${MOST_OPERATORS} operators in one policy`);
    if (index - start > LONGEST_POLICY)
      return refuse(start, `a policy of more than ${LONGEST_POLICY} characters`);
  }
  if (start !== undefined) return refuse(start, 'this policy does not end with a semicolon');
  return { ok: true, policies };
}
