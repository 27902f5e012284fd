import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeId } from '../ids.ts';
import { mergeRequirements } from './merge-requirements.ts';
import type { PersonSelector, Requirement } from './requirement.ts';
import { isRequirementPossible, parseStepUp } from './step-up.ts';

const PERSON = encodeId('per', 1, new Uint8Array(10));

function parse(text: string): Requirement {
  const parsed = parseStepUp(text);
  if (!parsed.ok) throw new Error(parsed.detail);
  return parsed.requirement;
}

describe('parseStepUp', () => {
  it('reads every key', () => {
    expect(
      parse(
        'approvers=role:finance; quorum=1; method=passkey; within=10m; not=owner,requester; notify=role:security',
      ),
    ).toEqual({
      approvers: ['role:finance'],
      excluded: ['owner', 'requester'],
      quorum: 1,
      method: 'passkey',
      withinSeconds: 600,
      notify: ['role:security'],
    });
  });

  it('reads whether more calls may be granted at once, and how far', () => {
    expect(parse('approvers=owner; grant=no').grant).toBe('no');
    expect(parse('approvers=owner; grant=delegation').grant).toBe('delegation');
    expect('grant' in parse('approvers=owner')).toBe(false);
    expect(parseStepUp('approvers=owner; grant=yes').ok).toBe(false);
    expect(parseStepUp('approvers=owner; grant=').ok).toBe(false);
  });

  it('fills in what is not said, sorts and drops doubles', () => {
    expect(parse(` approvers = role:ops , owner,role:ops,person:${PERSON} ; ; `)).toEqual({
      approvers: ['owner', `person:${PERSON}`, 'role:ops'],
      excluded: [],
      quorum: 1,
      method: 'passkey',
      withinSeconds: 600,
      notify: [],
    });
  });

  it.each([
    ['10s', 10],
    ['90s', 90],
    ['2h', 7200],
    ['168h', 604_800],
  ])('reads the time %s as %i seconds', (within, seconds) => {
    expect(parse(`approvers=owner; within=${within}`).withinSeconds).toBe(seconds);
  });

  it.each([
    '',
    'quorum=1',
    'approvers=',
    'approvers=role:ops,',
    'approvers=finance',
    'approvers=role:',
    'approvers=role:Ops',
    'approvers=role:a b',
    'approvers=person:anna',
    'approvers=anyone',
    'approvers=role:ops; unknown=1',
    'approvers=role:ops; constructor=1',
    'approvers=role:ops; quorum',
    'approvers=role:ops; =1',
    'approvers=role:ops; Quorum=1',
    'approvers=role:ops; approvers=role:dev',
    'approvers=role:ops; quorum=0',
    'approvers=role:ops; quorum=11',
    'approvers=role:ops; quorum=1.0',
    'approvers=role:ops; quorum=1e0',
    'approvers=role:ops; quorum=-1',
    'approvers=role:ops; quorum=',
    'approvers=role:ops; method=chat',
    'approvers=role:ops; method=',
    'approvers=role:ops; within=10',
    'approvers=role:ops; within=9s',
    'approvers=role:ops; within=169h',
    'approvers=role:ops; within=7d',
    'approvers=role:ops; within=-1m',
    'approvers=role:ops; not=nobody',
    'approvers=role:ops; not=',
    'approvers=role:ops; notify=mail@example.com',
    'approvers=owner; not=owner',
    'approvers=owner; quorum=2',
    'approvers=role:ops; not=role:ops',
    `approvers=${Array.from({ length: 17 }, (_, i) => `role:r${i}`).join()}`,
    `approvers=role:ops;${' '.repeat(1024)}`,
  ])('refuses %j', (text) => {
    expect(parseStepUp(text)).toEqual({ ok: false, detail: expect.any(String) });
  });

  it('never throws', () => {
    const parts = fc.array(
      fc.constantFrom('approvers', 'quorum', '=', ';', ',', 'role:a', '1', '10m', 'not', ' ', '\u0000'),
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          parts.map((all) => all.join('')),
        ),
        (text) => {
          const parsed = parseStepUp(text);
          if (parsed.ok) expect(isRequirementPossible(parsed.requirement)).toBe(true);
        },
      ),
    );
  });
});

describe('mergeRequirements', () => {
  const selectors = fc.uniqueArray(fc.constantFrom<PersonSelector>('owner', 'role:a', 'role:b', 'role:c'), {
    minLength: 1,
  });
  const requirements: fc.Arbitrary<Requirement> = fc.record({
    approvers: selectors.map((all) => all.sort()),
    excluded: fc.constantFrom<PersonSelector[]>([], ['requester'], ['owner', 'requester']),
    quorum: fc.integer({ min: 1, max: 3 }),
    method: fc.constant('passkey'),
    withinSeconds: fc.integer({ min: 10, max: 100 }),
    notify: fc.constantFrom<PersonSelector[]>([], ['role:a']),
  });

  it('takes the strictest of each', () => {
    const a = parse('approvers=role:finance,role:ops; quorum=2; within=10m; not=owner; notify=role:x');
    const b = parse('approvers=role:ops,role:dev; quorum=1; within=5m; not=requester; notify=role:y');
    expect(mergeRequirements(a, b)).toEqual({
      possible: true,
      requirement: {
        approvers: ['role:ops'],
        excluded: ['owner', 'requester'],
        quorum: 2,
        method: 'passkey',
        withinSeconds: 300,
        notify: ['role:x', 'role:y'],
      },
    });
  });

  it('is impossible without an approver in common, or when one excludes the other', () => {
    expect(mergeRequirements(parse('approvers=role:a'), parse('approvers=role:b'))).toEqual({
      possible: false,
    });
    expect(mergeRequirements(parse('approvers=owner'), parse('approvers=owner,role:b; not=owner'))).toEqual({
      possible: false,
    });
  });

  it('is never weaker than any of them, and does not depend on their order', () => {
    fc.assert(
      fc.property(requirements, requirements, requirements, (a, b, c) => {
        const merged = mergeRequirements(a, b, c);
        expect(mergeRequirements(c, a, b)).toEqual(merged);
        if (!merged.possible) return;
        for (const one of [a, b, c]) {
          expect(one.approvers).toEqual(expect.arrayContaining([...merged.requirement.approvers]));
          expect(merged.requirement.excluded).toEqual(expect.arrayContaining([...one.excluded]));
          expect(merged.requirement.quorum).toBeGreaterThanOrEqual(one.quorum);
          expect(merged.requirement.withinSeconds).toBeLessThanOrEqual(one.withinSeconds);
        }
      }),
    );
  });
});

describe('mergeRequirements of grants', () => {
  it.each([
    ['', '', undefined],
    ['no', 'delegation', 'no'],
    ['no', '', 'no'],
    ['', 'task', undefined],
    ['task', 'delegation', 'task'],
    ['delegation', 'delegation', 'delegation'],
  ])('of “%s” and “%s” is %s', (first, second, wanted) => {
    const say = (grant: string) => parse(`approvers=owner${grant === '' ? '' : `; grant=${grant}`}`);
    for (const [a, b] of [
      [first, second],
      [second, first],
    ] as const) {
      const merged = mergeRequirements(say(a), say(b));
      expect(merged.possible && merged.requirement.grant).toBe(wanted);
    }
  });
});
