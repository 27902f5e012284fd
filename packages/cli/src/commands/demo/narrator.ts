import { showHonestly, showLines } from '../../output/honest-text.ts';
import type { Printer } from '../../output/printer.ts';

const marks = { allowed: '●', denied: '■', pending: '◐', note: ' ' } as const;

export interface Scene {
  readonly event: string;
  readonly mark: keyof typeof marks;
  readonly title: string;
  /** More lines; what others wrote is shown honestly. */
  readonly lines?: readonly string[];
  readonly facts?: object;
}

/** Tells the demo's story: for people as text, for programs as one JSON event a line. */
export function tell({ line, colors }: Printer, { event, mark, title, lines = [], facts = {} }: Scene): void {
  const paint = { allowed: colors.green, denied: colors.red, pending: colors.yellow, note: colors.bold }[
    mark
  ];
  const shown = [`${paint(`${marks[mark]} ${showHonestly(title)}`)}`];
  for (const text of lines) shown.push(showLines(text, '    '));
  line({ event, title, lines, ...facts }, shown.join('\n'));
}
