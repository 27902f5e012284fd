import { PassThrough } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { type Column, createPrinter, ShownText } from './printer.ts';

function open(options: { json: boolean; tty?: boolean; environment?: NodeJS.ProcessEnv }) {
  const make = () => Object.assign(new PassThrough(), { isTTY: options.tty === true });
  const streams = { stdin: make(), stdout: make(), stderr: make() };
  const print = createPrinter(streams, { json: options.json, environment: options.environment ?? {} });
  const read = (stream: PassThrough) => String(stream.read() ?? '');
  return { print, stdout: () => read(streams.stdout), stderr: () => read(streams.stderr) };
}

const items = [
  { id: 'a', name: 'one\u001b[31m' },
  { id: 'bb', name: '漢字' },
];
const columns: readonly Column<{ id: string; name: string }>[] = [
  ['ID', ({ id }) => id],
  ['NAME', ({ name }) => name],
];

describe('the printer', () => {
  test('writes data to standard output in columns, and talk to standard error', () => {
    const { print, stdout, stderr } = open({ json: false });
    print.rows(items, columns);
    print.next('agents list');
    expect(stdout()).toBe('ID  NAME\na   one⟨U+001B⟩[31m\nbb  漢字\n');
    expect(stderr()).toBe('  next: countersign agents list\n');
  });

  test('writes one JSON document and no talk for programs', () => {
    const { print, stdout, stderr } = open({ json: true });
    print.rows(items, columns);
    print.note('talk');
    print.next('agents list');
    expect(JSON.parse(stdout())).toEqual(items);
    expect(stderr()).toBe('');
  });

  test('says on standard error that a list is empty', () => {
    const { print, stdout, stderr } = open({ json: false });
    print.rows([], columns, 'no agents yet');
    expect([stdout(), stderr()]).toEqual(['', 'no agents yet\n']);
  });

  test('shows one thing by lines, with a dash for nothing', () => {
    const { print, stdout } = open({ json: false });
    print.item({ lines: 'x\ny' }, [
      ['NONE', () => null],
      ['LIST', () => ['a', 'b\u0000']],
      ['LINES', ({ lines }) => new ShownText(lines)],
    ]);
    expect(stdout()).toBe('NONE   -\nLIST   a, b⟨U+0000⟩\nLINES  x\n       y\n');
  });

  test('has colours at a terminal alone, and never against NO_COLOR', () => {
    expect(open({ json: false, tty: true }).print.colors.red('x')).not.toBe('x');
    expect(open({ json: false, tty: true, environment: { NO_COLOR: '1' } }).print.colors.red('x')).toBe('x');
    expect(open({ json: false }).print.colors.red('x')).toBe('x');
  });
});
