import CliTable from 'cli-table3';

const sides = ['top', 'top-mid', 'top-left', 'top-right', 'bottom', 'bottom-mid', 'bottom-left'] as const;
const middles = ['bottom-right', 'left', 'left-mid', 'mid', 'mid-mid', 'right', 'right-mid'] as const;
const noLines = Object.fromEntries([...sides, ...middles].map((name) => [name, '']));

/** Columns apart by two spaces and no lines, so that `cut`, `grep` and people can read them. */
export function formatTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const table = new CliTable({
    chars: { ...noLines, middle: '  ' },
    style: { 'padding-left': 0, 'padding-right': 0, head: [], border: [], compact: true },
  });
  table.push([...head], ...rows.map((row) => [...row]));
  return table
    .toString()
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n');
}
