import { describe, expect, it } from 'vitest';
import { type Outlet, type Placement, placeInAudience } from './audience.ts';
import { liftsFact, listLabelFacts, readLabelFacts } from './label-facts.ts';
import type { Audience, Labels } from './labels.ts';

const reads: Outlet = { upstream: 'files', destinations: [], changes: false };
const sends = (...destinations: string[]): Outlet => ({ upstream: 'mail', destinations, changes: true });
const HOME: Audience = ['domain:home.org', 'group:finance'];

describe('placeInAudience', () => {
  it.each<[string, Audience, Outlet, Placement]>([
    ['what anyone may see', 'anyone', sends('a@evil.org'), 'inside'],
    ['a read', [], reads, 'inside'],
    ['a read of an address', HOME, { ...reads, destinations: ['https://evil.org/x?home.org'] }, 'outside'],
    ['a change of what nobody may see', [], sends(), 'outside'],
    ['a change elsewhere', HOME, sends(), 'unknown'],
    ['a change where it belongs', ['upstream:mail'], sends('a@evil.org'), 'inside'],
    ['mail at home', HOME, sends('A@Home.org', 'b@mail.home.org'), 'inside'],
    ['mail to one outside', HOME, sends('a@home.org', 'b@evil.org'), 'outside'],
    ['mail to a name that ends alike', HOME, sends('a@evilhome.org'), 'outside'],
    ['mail to two addresses in one', HOME, sends('a@home.org, b@evil.org'), 'unknown'],
    ['an address with a user', HOME, sends('https://home.org@evil.org/'), 'unknown'],
    ['an address with a backslash', HOME, sends('https://evil.org\\@home.org/'), 'unknown'],
    ['a host with a port', HOME, sends('www.home.org:8443'), 'inside'],
    ['a channel', HOME, sends('finance'), 'unknown'],
    ['more than is looked at', HOME, sends(...Array.from({ length: 300 }, () => 'a@home.org')), 'unknown'],
    ['a text without end', HOME, sends(`a@${'a'.repeat(1_000_000)}`), 'unknown'],
  ])('knows of %s', (_, audience, outlet, placement) => {
    expect(placeInAudience(audience, outlet)).toBe(placement);
  });
});

describe('label facts', () => {
  it.each<Labels>([
    { trust: 'trusted', sensitivity: 'public', audience: 'anyone' },
    { trust: 'untrusted', sensitivity: 'secret', audience: [] },
    { trust: 'trusted', sensitivity: 'internal', audience: ['domain:a.org', 'group:b'] },
  ])('are read as they were written: %o', (labels) => {
    expect(readLabelFacts(listLabelFacts(labels))).toEqual(labels);
  });

  it('join, and of names that are none nothing is read', () => {
    expect(readLabelFacts(['internal', 'secret', 'audience:a:x,a:y', 'audience:a:y', '__proto__'])).toEqual({
      trust: 'trusted',
      sensitivity: 'secret',
      audience: ['a:y'],
    });
    expect(liftsFact('audience', 'audience:')).toBe(true);
    expect(liftsFact('secret', 'confidential')).toBe(false);
  });
});
