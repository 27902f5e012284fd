import { describe, expect, it } from 'vitest';
import { exposeName, readExposedName } from './exposed-name.ts';

const long = 'list-every-customer-that-has-ever-bought-anything-in-this-shop';

describe('exposeName', () => {
  it('is the upstream and the name, told apart by the first underscore', () => {
    expect(exposeName('files', 'read')).toBe('files__read');
    expect(readExposedName('files__read')).toEqual({ upstream: 'files', name: 'read' });
    expect(readExposedName('a-b___x__y')).toEqual({ upstream: 'a-b', name: '_x__y' });
  });

  it('shortens a long name the same way every time, and never to the name of another', () => {
    const short = exposeName('shop', long);
    expect(short).toMatch(/^shop_-list-every-customer-\S*-\S{16}$/);
    expect(short.length).toBeLessThanOrEqual(64);
    expect(exposeName('shop', `${long}s`)).not.toBe(short);
    // Whatever an upstream calls a tool, a whole name never begins like a shortened one.
    expect(exposeName('shop', short.slice('shop_'.length))).not.toBe(short);
    expect(readExposedName(short)).toEqual({ upstream: 'shop', name: null });
  });

  it('stays within the rules for names, whatever is exposed', () => {
    for (const upstream of ['a', 'a'.repeat(63)])
      for (const name of ['x', 'y'.repeat(128)])
        expect(exposeName(upstream, name)).toMatch(/^[A-Za-z0-9_.-]{1,128}$/);
  });

  it.each(['', 'files', '__x', 'Files__read', 'files_read', '9__x', '*__x'])(
    '%s is no exposed name',
    (text) => {
      expect(readExposedName(text)).toBeUndefined();
    },
  );
});
