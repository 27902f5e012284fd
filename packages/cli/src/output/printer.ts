import pc from 'picocolors';
import type { Streams } from '../session.ts';
import { formatTable } from './format-table.ts';
import { writeHonestJson } from './honest-json.ts';
import { showHonestly } from './honest-text.ts';

/** A column of a table: its head and what it says of an item. */
export type Column<T> = readonly [head: string, read: (item: T) => unknown];
export type Colors = ReturnType<typeof pc.createColors>;

/** Data goes to standard output, talk to standard error. Everything shown is honest: see `showHonestly`. */
export interface Printer {
  readonly colors: Colors;
  /** Whether talk may be coloured and may repaint. */
  readonly isInteractive: boolean;
  /** A list: a table for people, a JSON array for programs. */
  rows<T>(items: readonly T[], columns: readonly Column<T>[], whenEmpty?: string): void;
  /** One thing: lines of name and value for people, one JSON object for programs. */
  item<T>(item: T, fields: readonly Column<T>[]): void;
  /** One of many as they come: a line for people, one line of JSON for programs. */
  line(value: unknown, text: string): void;
  /** Text that is the data itself, such as a schema. */
  text(text: string): void;
  /** Talk, never on standard output; silent for programs. */
  note(text: string): void;
  /** What to do next, as commands; silent for programs. */
  next(...commands: readonly string[]): void;
}

export function createPrinter(
  { stdout, stderr }: Streams,
  options: { json: boolean; environment: NodeJS.ProcessEnv },
): Printer {
  const { NO_COLOR, TERM } = options.environment;
  const mayColor = (NO_COLOR ?? '') === '' && TERM !== 'dumb';
  const colors = pc.createColors(mayColor && stderr.isTTY === true);
  const tableColors = pc.createColors(mayColor && stdout.isTTY === true);
  const out = (text: string) => stdout.write(`${text}\n`);
  const note = (text: string) => {
    if (!options.json) stderr.write(`${text}\n`);
  };
  const json = (value: unknown) => out(writeHonestJson(value, stdout.isTTY === true ? 2 : undefined));
  return {
    colors,
    isInteractive: stderr.isTTY === true && !options.json,
    rows(items, columns, whenEmpty = 'nothing here') {
      if (options.json) return void json(items);
      if (items.length === 0) return void note(colors.dim(whenEmpty));
      const cells = items.map((item) => columns.map(([, read]) => showValue(read(item))));
      out(
        formatTable(
          columns.map(([head]) => tableColors.dim(head)),
          cells,
        ),
      );
    },
    item(item, fields) {
      if (options.json) return void json(item);
      const shown = fields.map(([head, read]) => [head, showValue(read(item))] as const);
      const width = Math.max(...shown.map(([head]) => head.length));
      for (const [head, value] of shown) {
        out(
          `${tableColors.dim(head.padEnd(width))}  ${value.replaceAll('\n', `\n${' '.repeat(width + 2)}`)}`,
        );
      }
    },
    line: (value, text) => out(options.json ? writeHonestJson(value) : text),
    text: out,
    note,
    next(...commands) {
      for (const command of commands) note(colors.dim(`  next: countersign ${command}`));
    },
  };
}

function showValue(value: unknown): string {
  if (value === undefined || value === null || value === '') return '-';
  if (Array.isArray(value)) return value.length === 0 ? '-' : value.map(showValue).join(', ');
  if (value instanceof ShownText) return value.text;
  return showHonestly(typeof value === 'object' ? JSON.stringify(value) : String(value));
}

/** Text that is already safe to show, with the line breaks that are meant. */
export class ShownText {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}
