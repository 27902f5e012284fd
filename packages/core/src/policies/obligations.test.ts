import { describe, expect, it } from 'vitest';
import {
  changesResult,
  isFree,
  mergeObligations,
  NO_OBLIGATIONS,
  type Obligations,
  parseObligations,
} from './obligations.ts';

const read = (annotations: Record<string, string>): Obligations | string => {
  const parsed = parseObligations(annotations);
  return parsed.ok ? parsed.obligations : parsed.detail;
};

describe('parseObligations', () => {
  it('reads each annotation, and nothing from the others', () => {
    expect(read({ id: 'x', stepUp: 'approvers=owner' })).toEqual(NO_OBLIGATIONS);
    expect(
      read({
        redact: '/items/*/ssn, /customer/iban,/customer/iban',
        cap: ' rows = 100 ; bytes=65536; ',
        notice: '  Ask before you pass this on. ',
        notify: 'role:security, owner',
        fresh: '2m',
      }),
    ).toEqual({
      redact: ['/customer/iban', '/items/*/ssn'],
      capRows: 100,
      capBytes: 65_536,
      notices: ['Ask before you pass this on.'],
      notify: ['owner', 'role:security'],
      freshSeconds: 120,
    });
    expect(read({ cap: 'bytes=1' })).toMatchObject({ capRows: null, capBytes: 1 });
  });

  it.each<[string, Record<string, string>]>([
    ['a pointer without a slash', { redact: 'iban' }],
    ['the whole document', { redact: '' }],
    ['a bad escape', { redact: '/a~2' }],
    ['one bad pointer among good ones', { redact: '/a, b' }],
    ['too many pointers', { redact: Array.from({ length: 33 }, (_, i) => `/p${i}`).join(',') }],
    ['a long text', { redact: `/${'a'.repeat(4096)}` }],
    ['an unknown key', { cap: 'lines=3' }],
    ['a repeated key', { cap: 'rows=3; rows=4' }],
    ['no limit', { cap: ' ; ' }],
    ['zero', { cap: 'rows=0' }],
    ['a negative limit', { cap: 'rows=-1' }],
    ['a fraction', { cap: 'bytes=1.5' }],
    ['a huge limit', { cap: 'rows=10000000000' }],
    ['an empty notice', { notice: '  ' }],
    ['a long notice', { notice: 'x'.repeat(501) }],
    ['nobody to tell', { notify: '' }],
    ['somebody unreadable', { notify: 'role:Security' }],
    ['no time', { fresh: '' }],
    ['a time without a unit', { fresh: '60' }],
    ['too long a time', { fresh: '2h' }],
    ['no time at all', { fresh: '0s' }],
  ])('refuses %s', (_, annotations) => {
    expect(read(annotations)).toMatch(/^@(redact|cap|notice|notify|fresh): /);
  });

  it('takes nothing from a prototype', () => {
    expect(read(Object.create({ redact: '/a' }))).toEqual(NO_OBLIGATIONS);
  });
});

describe('mergeObligations', () => {
  it('is as strict as each of them, in any order', () => {
    const all = [
      read({ redact: '/a', cap: 'rows=10', fresh: '60s', notify: 'owner' }),
      read({ redact: '/b, /a', cap: 'rows=20; bytes=100', notice: 'one' }),
      read({ cap: 'bytes=200', fresh: '30s', notice: 'two', notify: 'role:x' }),
    ].filter((one) => typeof one !== 'string');
    const wanted: Obligations = {
      redact: ['/a', '/b'],
      capRows: 10,
      capBytes: 100,
      notices: ['one', 'two'],
      notify: ['owner', 'role:x'],
      freshSeconds: 30,
    };
    expect(mergeObligations(all)).toEqual(wanted);
    expect(mergeObligations(all.toReversed())).toEqual(wanted);
    expect(mergeObligations([])).toEqual(NO_OBLIGATIONS);
  });

  it('says what is owed at all', () => {
    expect(isFree(NO_OBLIGATIONS)).toBe(true);
    expect(isFree({ ...NO_OBLIGATIONS, freshSeconds: 5 })).toBe(false);
    expect(isFree({ ...NO_OBLIGATIONS, notify: ['owner'] })).toBe(false);
    expect(changesResult({ ...NO_OBLIGATIONS, freshSeconds: 5 })).toBe(false);
    expect(changesResult({ ...NO_OBLIGATIONS, notices: ['x'] })).toBe(true);
  });
});
