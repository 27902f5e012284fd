import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type DoneMoment, judgeSequence, type SequenceHistory } from './judge-sequence.ts';
import { type DoneKind, type DoneSelector, isSelected, parseSequence } from './sequence.ts';

function read(text: string) {
  const parsed = parseSequence(text);
  if (!parsed.ok) throw new Error(parsed.detail);
  return parsed.sequence;
}

interface Done {
  readonly kind: DoneKind | 'denial';
  readonly name: string;
  readonly begun?: DoneMoment;
  readonly completed?: DoneMoment;
}

/** What was done, in this order, one a second; what ends with `!` only began. */
function done(...names: readonly string[]): SequenceHistory {
  return remember(
    names.map((text, index): Done => {
      const [kind, name] = text.replace(/!$/, '').split('=') as [Done['kind'], string];
      const moment = { position: index + 1, at: index * 1000 };
      return { kind, name, begun: moment, ...(text.endsWith('!') ? {} : { completed: moment }) };
    }),
  );
}

function remember(all: readonly Done[], spentMinor = 0): SequenceHistory {
  const last = (selector: DoneSelector, of: 'begun' | 'completed') =>
    all.filter(({ kind, name }) => kind !== 'denial' && isSelected(selector, { kind, name })).at(-1)?.[of];
  return {
    spentMinor,
    lastBegun: (selector) => last(selector, 'begun'),
    lastCompleted: (selector) => last(selector, 'completed'),
    denialsOf: (selector) => {
      const found = all.filter(
        ({ kind, name }) =>
          kind === 'denial' && (selector === null || isSelected(selector, { kind: 'tool', name })),
      );
      return { times: found.length, last: found.at(-1)?.begun };
    },
  };
}

const holds = (text: string, effect: 'permit' | 'forbid', history: SequenceHistory, now = 10_000) =>
  judgeSequence(read(text), effect, history, now).holds;

describe('parseSequence', () => {
  it('reads what must have come about, what ends it, and for how long', () => {
    expect(
      parseSequence('read=data:finance+label:untrusted, label:secret; without=tool:dlp/scan; within=30m'),
    ).toEqual({
      ok: true,
      sequence: {
        after: [
          [
            [
              { kind: 'data_domain', name: 'finance' },
              { kind: 'label', name: 'untrusted' },
            ],
            [{ kind: 'label', name: 'secret' }],
          ],
        ],
        denied: null,
        spentMinor: null,
        without: [[{ kind: 'tool', name: 'dlp/scan' }]],
        withinSeconds: 1800,
      },
    });
    expect(read('denied=tool:mail/*; times=3; spent=500')).toMatchObject({
      denied: { tools: [[{ kind: 'tool', name: 'mail/*' }]], times: 3 },
      spentMinor: 500,
    });
    expect(read('denied=any')).toMatchObject({ denied: { tools: null, times: 1 } });
  });

  it.each([
    ['', 'name read'],
    ['reads=data:x', 'unknown key'],
    ['read=data:x; read=data:y', 'given twice'],
    ['read=tool:a/b', 'is none of'],
    ['read=data:', 'is none of'],
    ['read=data:x,', 'is none of'],
    ['called=tool:scan', 'is none of'],
    ['called=tool:*', 'is none of'],
    ['called=tool:a/*b', 'is none of'],
    ['without=data:x', 'is none of'],
    ['denied=tool:a/b+tool:a/c', 'means nothing here'],
    ['denied=often', 'is none of'],
    ['denied=any; times=0', 'times is'],
    ['times=2; read=data:x', 'says how often'],
    ['spent=-1', 'spent is'],
    ['spent=9999999999999999', 'spent is'],
    ['read=data:x; within=soon', 'within is'],
    ['spent=5; within=1m', 'within counts from'],
    [`read=${Array.from({ length: 17 }, () => 'data:x').join('+')}`, 'more than 16'],
    [`read=data:${'x'.repeat(2000)}`, 'longer than'],
    ['read=__proto__:x', 'is none of'],
  ])('refuses %s', (text, why) => {
    expect(parseSequence(text)).toMatchObject({ ok: false, detail: expect.stringContaining(why) });
  });

  it('refuses or reads whatever it is given', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 200 }), (text) => {
        expect(typeof parseSequence(text).ok).toBe('boolean');
      }),
    );
  });
});

describe('judgeSequence', () => {
  const scan = 'read=data:finance; without=tool:dlp/scan';

  it('counts only after all that is asked for, in whatever order it came', () => {
    const both = 'read=data:crm+label:untrusted; called=effect:egress';
    expect(holds(both, 'forbid', done('data_domain=crm', 'effect=egress'))).toBe(false);
    expect(holds(both, 'forbid', done('label=untrusted', 'effect=egress', 'data_domain=crm'))).toBe(true);
    expect(holds('read=data:a,data:b', 'forbid', done('data_domain=b'))).toBe(true);
    expect(holds('called=tool:mail/*', 'forbid', done('tool=mailer/send'))).toBe(false);
    expect(holds('called=tool:mail/*', 'forbid', done('tool=mail/send'))).toBe(true);
  });

  it('ends with what was done since, and begins again', () => {
    expect(holds(scan, 'forbid', done('data_domain=finance'))).toBe(true);
    expect(holds(scan, 'forbid', done('tool=dlp/scan', 'data_domain=finance'))).toBe(true);
    expect(holds(scan, 'forbid', done('data_domain=finance', 'tool=dlp/scan'))).toBe(false);
    expect(holds(scan, 'forbid', done('data_domain=finance', 'tool=dlp/scan', 'data_domain=finance'))).toBe(
      true,
    );
  });

  it('does not believe that something ended well that was only begun', () => {
    expect(holds(scan, 'forbid', done('data_domain=finance', 'tool=dlp/scan!'))).toBe(true);
    expect(holds('called=tool:dlp/scan', 'permit', done('tool=dlp/scan!'))).toBe(false);
    expect(holds('called=tool:dlp/scan', 'permit', done('tool=dlp/scan'))).toBe(true);
    // What began counts against a permit at once, as it does for a forbid.
    expect(holds('read=data:finance', 'forbid', done('data_domain=finance!'))).toBe(true);
    const once = 'called=tool:dlp/scan; without=tool:crm/read';
    expect(holds(once, 'permit', done('tool=dlp/scan', 'tool=crm/read!'))).toBe(false);
    expect(holds(once, 'permit', done('tool=crm/read', 'tool=dlp/scan'))).toBe(true);
  });

  it('takes an order that nobody knows for the stricter one', () => {
    const unordered = (name: string, kind: DoneKind): Done => ({
      ...{ kind, name, begun: { position: 0, at: 0 }, completed: { position: 0, at: 0 } },
    });
    const lost = remember([unordered('finance', 'data_domain'), unordered('dlp/scan', 'tool')]);
    expect(holds(scan, 'forbid', lost)).toBe(true);
    expect(holds('called=tool:dlp/scan; without=tool:a/b', 'permit', lost)).toBe(true);
    const other = remember([unordered('a/b', 'tool'), unordered('dlp/scan', 'tool')]);
    expect(holds('called=tool:dlp/scan; without=tool:a/b', 'permit', other)).toBe(false);
    expect(holds('read=data:finance; within=1s', 'forbid', lost, 10 ** 9)).toBe(true);
    expect(holds('called=tool:dlp/scan; within=1h', 'permit', lost)).toBe(false);
    // In one and the same call neither came first.
    const tie = { position: 4, at: 0 };
    const one: Done[] = [
      { kind: 'data_domain', name: 'finance', begun: tie, completed: tie },
      { kind: 'tool', name: 'dlp/scan', begun: tie, completed: tie },
    ];
    expect(holds(scan, 'forbid', remember(one))).toBe(true);
  });

  it('has an end in time, from the newest of what it asks for', () => {
    const soon = 'read=data:finance; within=5s';
    expect(holds(soon, 'forbid', done('data_domain=finance'), 5_000)).toBe(true);
    expect(holds(soon, 'forbid', done('data_domain=finance'), 5_001)).toBe(false);
    expect(holds(soon, 'forbid', done('data_domain=finance', 'tool=x', 'data_domain=finance'), 7_000)).toBe(
      true,
    );
  });

  it('counts refusals and what was spent', () => {
    expect(holds('denied=any; times=2', 'forbid', done('denial=a/b', 'denial=c/d'))).toBe(true);
    expect(holds('denied=tool:a/b; times=2', 'forbid', done('denial=a/b', 'denial=c/d'))).toBe(false);
    expect(holds('denied=tool:a/*,tool:c/d; times=2', 'forbid', done('denial=a/b', 'denial=c/d'))).toBe(true);
    expect(holds('spent=500', 'forbid', remember([], 499))).toBe(false);
    expect(holds('spent=500', 'forbid', remember([], 500))).toBe(true);
  });

  it('without anything before is from the beginning of the task', () => {
    expect(holds('without=tool:dlp/scan', 'forbid', done())).toBe(true);
    expect(holds('without=tool:dlp/scan', 'forbid', done('tool=dlp/scan'))).toBe(false);
    expect(holds('without=tool:crm/export', 'permit', done())).toBe(true);
    expect(holds('without=tool:crm/export', 'permit', done('tool=crm/export!'))).toBe(false);
    expect(holds('without=tool:a/b+tool:a/c', 'forbid', done('tool=a/b'))).toBe(true);
    expect(holds('without=tool:a/b+tool:a/c', 'forbid', done('tool=a/b', 'tool=a/c'))).toBe(false);
  });
});
