import { describe, expect, it } from 'vitest';
import { readLabels, readRoles } from './read-labels.ts';

describe('readRoles', () => {
  it('adds to what was said, replaces it and takes it away', () => {
    const before = [
      { pointer: '/to', role: 'content' },
      { pointer: '/note', role: 'content' },
    ];
    expect(readRoles(['/to=destination', '/note=none', '/a=b=amount'], before)).toEqual([
      { pointer: '/to', role: 'destination' },
      { pointer: '/a=b', role: 'amount' },
    ]);
    expect(readRoles(undefined, before)).toBeUndefined();
    expect(() => readRoles(['/to=receiver'], before)).toThrow('a role is one of');
    expect(() => readRoles(['/to'], before)).toThrow('has no <name>=<value>');
  });
});

describe('readLabels', () => {
  it('says nothing of results when nothing is given', () => {
    expect(readLabels({})).toBeUndefined();
    expect(readLabels({ role: ['/to=destination'] })).toBeUndefined();
  });

  it('begins with the least trust, and adds up what is said of one field', () => {
    expect(readLabels({ resultField: ['id=trusted', 'id=secret', 'body=untrusted', 'body=none'] })).toEqual({
      trust: 'untrusted',
      sensitivity: 'internal',
      audience: 'anyone',
      fields: [{ path: 'id', trust: 'trusted', sensitivity: 'secret' }],
    });
    expect(() => readLabels({ resultField: ['id=public-ish'] })).toThrow('say <field>=');
  });

  it('changes what was said before, and no more of it', () => {
    const before = {
      trust: 'trusted',
      sensitivity: 'secret',
      audience: ['group:a'],
      fields: [{ path: 'a', trust: 'untrusted' }],
    } as const;
    const options = { audience: ['anyone'], serialised: true, sensitivity: 'public' };
    expect(readLabels(options, before)).toEqual({
      ...before,
      audience: 'anyone',
      serialised: true,
      sensitivity: 'public',
    });
    expect(readLabels({ audience: ['group:b', 'domain:c.org'] }, before)?.audience).toEqual([
      'group:b',
      'domain:c.org',
    ]);
  });
});
