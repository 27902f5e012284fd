import { renderHonestly } from '@countersign/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findMarks } from './find-marks.ts';
import { markSegments } from './mark-segments.ts';

const show = (name: string, text: string) => {
  const { format, tokens } = findMarks(name, text);
  return [format, ...tokens.map(({ from, to, kind }) => `${kind}:${text.slice(from, to)}`)];
};

describe('what a text is read as', () => {
  it.each<[string, string, readonly string[]]>([
    [
      'sql',
      "DELETE FROM users; -- all\nSELECT 'a;b'",
      [
        'SQL',
        'warning:DELETE',
        'keyword:FROM',
        'operator:;',
        'remark:-- all',
        'keyword:SELECT',
        "quoted:'a;b'",
      ],
    ],
    [
      'command',
      'A=1 sudo rm -rf "$HOME" | tee x; curl y > z # go',
      [
        ...[
          'shell',
          'keyword:A=1',
          'keyword:sudo',
          'keyword:rm',
          'quoted:"$HOME"',
          'operator:|',
          'keyword:tee',
        ],
        ...['operator:;', 'keyword:curl', 'operator:>', 'remark:# go'],
      ],
    ],
    [
      'cmd',
      'echo $(id)`id`',
      [
        'shell',
        'keyword:echo',
        'operator:$(',
        'keyword:id',
        'operator:)',
        'operator:`',
        'keyword:id',
        'operator:`',
      ],
    ],
    [
      'url',
      'https://bank.example@evil.example/pay?to=x',
      ['address', 'warning:bank.example@', 'place:evil.example', 'keyword:to'],
    ],
    [
      'to',
      'Ada <ada@evil.example>, bo@x.example',
      ['mail addresses', 'place:evil.example', 'place:x.example'],
    ],
    [
      'raw',
      'From: a@b.example\nTo: c@d.example\n\nTo: none',
      ['message', 'keyword:From:', 'place:b.example', 'keyword:To:', 'place:d.example'],
    ],
    [
      'body',
      'POST /pay HTTP/1.1\r\nHost: x\r\n\r\nHost: y',
      ['message', 'keyword:POST', 'place:/pay', 'keyword:Host:'],
    ],
    ['diff', '@@ -1 +1 @@\n-old\n+new', ['patch', 'remark:@@ -1 +1 @@', 'warning:-old', 'keyword:+new']],
    ['text', 'DROP everything; now', ['']],
    ['constructor', '__proto__', ['']],
  ])('%s: %s', (name, text, marks) => {
    expect(show(name, text)).toEqual(marks);
  });

  it('never changes, drops or doubles any of it, and marks nothing that misleads', () => {
    const name = fc.constantFrom('sql', 'command', 'to', 'raw', 'url', 'patch');
    const piece = fc.constantFrom(
      'select ',
      "'",
      '"',
      '`',
      '$(',
      ';',
      '--',
      '/*',
      '\u202e',
      '\u200b',
      '@',
      ':',
      '\n',
      '://',
      'a',
    );
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.array(piece, { maxLength: 60 }).map((all) => all.join('')),
    );
    fc.assert(
      fc.property(name, text, (as, given) => {
        const { segments } = renderHonestly(given);
        const marked = markSegments(segments, findMarks(as, given).tokens);
        expect(marked.map((one) => one.text).join('')).toBe(given);
        const flagged = marked.filter(({ flag }) => flag !== undefined);
        expect(flagged).toEqual(segments.filter(({ flag }) => flag !== undefined));
        expect(flagged.every(({ kind }) => kind === undefined)).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  it.each(['sql', 'command', 'to', 'raw', 'url', 'patch'])('takes linear time for %s', (name) => {
    for (const unit of ["'", '"', '/*', '$(', '@', '-- ', 'a://', '\\', 'From: a\nTo: b\n', 'select '])
      findMarks(name, `select ${unit.repeat(65_000 / unit.length - 10)}`);
  });
});
