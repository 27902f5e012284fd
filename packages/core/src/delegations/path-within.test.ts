import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isPathWithin, parseSafePath } from './path-within.ts';

describe('isPathWithin', () => {
  it.each([
    ['/data', '/data'],
    ['/data/', '/data'],
    ['/data/x', '/data/'],
    ['/data//x/./y', '/data'],
    ['/data/.hidden/a..b/x.', '/data'],
    ['/data/Grüße/100% sure/日本', '/data'],
    ['/data/note….txt', '/data'],
    ['/anything', '/'],
  ])('%s lies within %s', (path, directory) => {
    expect(isPathWithin(path, directory)).toBe(true);
  });

  it.each([
    ['a sibling', '/dat'],
    ['a longer sibling', '/database/x'],
    ['the parent', '/'],
    ['another case', '/DATA/x'],
    ['nothing', ''],
    ['a relative path', 'data/x'],
    ['a home', '~/data'],
    ['a drive', 'C:/data/x'],
    ['a URL', 'file:///data/x'],
    ['a dot-dot', '/data/../etc/passwd'],
    ['a dot-dot that stays inside', '/data/x/../y'],
    ['a dot-dot at the end', '/data/..'],
    ['encoded dots', '/data/%2e%2e/etc'],
    ['one encoded dot', '/data/.%2E/etc'],
    ['dots encoded twice', '/data/%252e%252e/etc'],
    ['an encoded slash', '/data/..%2fetc'],
    ['an encoded backslash', '/data/..%5Cetc'],
    ['an encoded NUL', '/data/x%00.png'],
    ['a NUL', '/data/x\u0000.png'],
    ['a backslash', '/data\\..\\etc'],
    ['a line end', '/data/x\n'],
    ['a fullwidth dot-dot', '/data/．．/etc'],
    ['a two-dot leader', '/data/‥/etc'],
    ['another host', '//data/x'],
    ['a slash that only some readers see', '/data/x／y'],
    ['a fullwidth slash', '/data／../etc'],
    ['a fullwidth percent', '/data/％2e％2e/etc'],
    ['a fullwidth backslash', '/data/＼..'],
    ['dots with a space', '/data/.. /etc'],
    ['three dots', '/data/.../etc'],
    ['spaces between dots', '/data/ . ./etc'],
    ['a lone space', '/data/ /etc'],
    ['a path parameter', '/data/..;x/etc'],
    ['a query after dots', '/data/..?x'],
    ['a stream', '/data/..::$INDEX_ALLOCATION/etc'],
    ['overlong dots', '/data/%c0%ae%c0%ae/etc'],
    ['an overlong slash', '/data/..%e0%80%af'],
    ['a %u dot', '/data/%u002e%u002e/etc'],
    ['a lone surrogate', '/data/\ud800'],
    ['far too long a path', `/data/${'x'.repeat(5000)}`],
  ])('refuses %s', (_, path) => {
    expect(isPathWithin(path, '/data')).toBe(false);
  });

  it('holds nothing within a directory that cannot be read', () => {
    for (const directory of ['', 'data', '/data/..', '/da\\ta'])
      expect(isPathWithin('/data/x', directory)).toBe(false);
  });

  it('never accepts a path that a resolver would take outside', () => {
    const pieces = fc.constantFrom(
      'data',
      '..',
      '.',
      '',
      'x',
      '%2e%2e',
      '．．',
      '\\',
      '..;',
      '%2f',
      '\u0000',
      ' ',
      '…',
    );
    fc.assert(
      fc.property(fc.array(pieces), (parts) => {
        const path = `/${parts.join('/')}`;
        if (!isPathWithin(path, '/data')) return;
        const url = new URL(path.replaceAll(/\/+/g, '/'), 'http://host');
        const resolved = url.pathname.split('/').filter((part) => part !== '');
        expect(resolved[0]).toBe('data');
        expect(parseSafePath(path)).not.toContain('..');
      }),
      { numRuns: 5000 },
    );
  });
});
