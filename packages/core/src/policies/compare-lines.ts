export interface ComparedLine {
  readonly sign: ' ' | '-' | '+';
  readonly line: string;
}

/** Beyond this many lines on a side everything between the equal ends is shown as replaced. */
const mostLines = 2_000;

/** The lines of both texts in order, with as many as possible in common. Quadratic up to 2,000 lines a side, then linear. */
export function compareLines(before: readonly string[], after: readonly string[]): readonly ComparedLine[] {
  let head = 0;
  while (head < before.length && head < after.length && before[head] === after[head]) head += 1;
  let tail = 0;
  const most = Math.min(before.length, after.length) - head;
  while (tail < most && before[before.length - 1 - tail] === after[after.length - 1 - tail]) tail += 1;
  const keep = (line: string): ComparedLine => ({ sign: ' ', line });
  return [
    ...before.slice(0, head).map(keep),
    ...compareMiddle(before.slice(head, before.length - tail), after.slice(head, after.length - tail)),
    ...before.slice(before.length - tail).map(keep),
  ];
}

function compareMiddle(before: readonly string[], after: readonly string[]): readonly ComparedLine[] {
  const isLong = before.length > mostLines || after.length > mostLines;
  const lengths = isLong ? [] : countCommon(before, after);
  const compared: ComparedLine[] = [];
  let i = 0;
  let j = 0;
  while (i < before.length || j < after.length) {
    const [left, right] = [before[i], after[j]];
    if (!isLong && left !== undefined && left === right) {
      compared.push({ sign: ' ', line: left });
      i += 1;
      j += 1;
    } else if (left !== undefined && (right === undefined || isWorthDropping(lengths, i, j))) {
      compared.push({ sign: '-', line: left });
      i += 1;
    } else if (right !== undefined) {
      compared.push({ sign: '+', line: right });
      j += 1;
    }
  }
  return compared;
}

function isWorthDropping(lengths: readonly Uint16Array[], i: number, j: number): boolean {
  return (lengths[i + 1]?.[j] ?? 0) >= (lengths[i]?.[j + 1] ?? 0);
}

/** `lengths[i][j]`: how many lines the rests from `i` and `j` on have in common, in order. */
function countCommon(before: readonly string[], after: readonly string[]): readonly Uint16Array[] {
  const lengths = Array.from({ length: before.length + 1 }, () => new Uint16Array(after.length + 1));
  for (let i = before.length - 1; i >= 0; i -= 1) {
    for (let j = after.length - 1; j >= 0; j -= 1) {
      const row = lengths[i] as Uint16Array;
      const below = lengths[i + 1] as Uint16Array;
      row[j] = before[i] === after[j] ? (below[j + 1] ?? 0) + 1 : Math.max(below[j] ?? 0, row[j + 1] ?? 0);
    }
  }
  return lengths;
}
