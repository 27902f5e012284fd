import { AppError } from '@countersign/api';
import { describe, expect, it } from 'vitest';
import { parseBundle } from '../bundle/parse-bundle.ts';
import { makeBundle, makeTool } from '../create-test-policies.ts';
import { addNarrowing, removeNarrowing } from './edit-files.ts';
import { findDropped } from './find-dropped.ts';
import { findReach } from './find-reach.ts';
import { findStanding } from './find-standing.ts';
import { namesAgent } from './names-agent.ts';
import { nameNarrowing, nameNarrowingFile, readNarrowingName } from './narrowing-name.ts';
import { readNarrowing, writeNarrowing } from './write-narrowing.ts';

const review = 'rev_01J0000000000000000000000A';
const first = 'rvi_01J0000000000000000000000A';
const second = 'rvi_01J0000000000000000000000B';
const agent = { id: 'agt_01J0000000000000000000000A', name: 'payer', groups: ['money'] };
const write = (item: string, tools: readonly string[]) => ({
  ...{ review, item },
  text: writeNarrowing(item, { agentId: agent.id, tools, upstreams: [] }),
});
const base = [{ name: 'base.cedar', text: 'permit (principal, action, resource);' }];
const parse = (text: string) => {
  const { policies, complaints } = parseBundle([{ name: 't.cedar', text }]);
  expect(complaints).toEqual([]);
  const [policy] = policies;
  if (policy === undefined) throw new Error('no policy');
  return policy;
};

describe('a permit names an agent', () => {
  const self = `Countersign::Agent::"${agent.id}"`;
  it.each([
    [true, `permit (principal == ${self}, action, resource);`],
    [true, `permit (principal in ${self}, action, resource);`],
    [true, 'permit (principal in Countersign::Group::"money", action, resource);'],
    [true, 'permit (principal is Countersign::Agent in Countersign::Group::"money", action, resource);'],
    [true, `permit (principal, action, resource) when { principal == ${self} };`],
    [
      true,
      `permit (principal, action, resource) when { [${self}].contains(principal) && context.confirmed };`,
    ],
    [true, `permit (principal, action, resource) when { principal in [${self}] };`],
    [true, 'permit (principal, action, resource) when { "payer" == principal.name || context.confirmed };'],
    [true, 'permit (principal, action, resource) when { principal.groups.contains("money") };'],
    [false, 'permit (principal, action, resource);'],
    [false, 'permit (principal == Countersign::Agent::"agt_other", action, resource);'],
    [false, 'permit (principal in Countersign::Group::"others", action, resource);'],
    [false, `permit (principal, action, resource) unless { principal == ${self} };`],
    [false, `permit (principal, action, resource) when { !(principal == ${self}) };`],
    [false, `permit (principal, action, resource) when { principal != ${self} };`],
    [false, 'permit (principal, action, resource) when { principal.purpose == "payer" };'],
    [false, 'permit (principal, action, resource) when { context.environment == "payer" };'],
  ])('%s: %s', (wanted, text) => {
    expect(namesAgent(parse(text), agent)).toBe(wanted);
  });
});

describe('what a review writes', () => {
  it('is read again as what it takes away, and nothing else is', () => {
    const narrowed = { agentId: agent.id, tools: ['a/b', 'a/"c'], upstreams: ['u'] };
    const text = writeNarrowing(first, narrowed);
    expect(readNarrowing(parse(text).json)).toEqual(narrowed);
    for (const wider of [
      text.replace('forbid', 'permit'),
      text.replace(/forbid/, '@stepUp("approvers=role:a") forbid'),
      text.replace('||', '&&'),
      text.replace(/principal == \S+"/, 'principal'),
    ])
      expect(readNarrowing(parse(wider).json)).toBeUndefined();
  });

  it('is known by its name', () => {
    const id = nameNarrowing({ review, item: first });
    expect(readNarrowingName(id)).toEqual({ review, item: first });
    for (const strange of ['review-rev_x:1', 'base:all', `${id}x`, id.toUpperCase()])
      expect(readNarrowingName(strange)).toBeUndefined();
  });

  it('goes to the file of its review, and leaves it as it came', () => {
    const [one, two] = [write(first, ['a/b']), write(second, ['a/c'])];
    const both = addNarrowing(addNarrowing(base, one), two);
    expect(both.map(({ name }) => name)).toEqual(['base.cedar', nameNarrowingFile(review)]);
    expect(removeNarrowing(both, two)).toEqual(addNarrowing(base, one));
    const without = removeNarrowing(both, one) ?? [];
    expect(without.at(-1)?.text).toContain(two.text);
    expect(without.at(-1)?.text).not.toContain(first);
    expect(removeNarrowing(without, two)).toEqual(base);
    expect(removeNarrowing(base, one)).toBeUndefined();
    const changed = both.map((file) => ({ ...file, text: file.text.replace('a/b', 'a/d') }));
    expect(() => removeNarrowing(changed, one)).toThrow(AppError);
  });

  it('is missed by name where another bundle lacks or changes it; spaces are no change', async () => {
    const one = write(first, ['a/b']);
    const files = addNarrowing(base, one);
    const { policies } = parseBundle(files);
    expect(findDropped(policies, policies)).toEqual([]);
    expect(findDropped(policies, parseBundle(base).policies)).toEqual([
      {
        ...{ policyId: nameNarrowing(one), file: nameNarrowingFile(review), review, item: first },
        ...{ agent: agent.id, how: 'missing' },
      },
    ]);
    const spaced = files.map((file) => ({ ...file, text: `\n${file.text}` }));
    expect(findDropped(policies, parseBundle(spaced).policies)).toEqual([]);
    const other = files.map((file) => ({ ...file, text: file.text.replace('a/b', 'a/c') }));
    expect(findDropped(policies, parseBundle(other).policies)).toMatchObject([{ how: 'changed' }]);
    expect(findStanding(await makeBundle('permit (principal, action, resource);', []), one)).toBe('missing');
    expect(findStanding(null, one)).toBe('missing');
  });
});

describe('how far the permits reach that name an agent', () => {
  const tools = ['shop/read', 'shop/pay', 'mail/send'].map((name) => makeTool(name));
  const reach = async (text: string) => {
    const { permits, tools: found } = findReach(await makeBundle(text, tools), agent, tools, () => false);
    return [permits, found.map(({ upstream, name }) => `${upstream}/${name}`)];
  };
  const named = `@id("n") permit (principal == Countersign::Agent::"${agent.id}", action, resource in Countersign::Upstream::"shop");`;

  it('is read from their scopes, without what is forbidden to it whole', async () => {
    expect(await reach('permit (principal, action, resource);')).toEqual([[], []]);
    expect(await reach(named)).toEqual([['t:n'], ['shop/read', 'shop/pay']]);
    const never = 'forbid (principal, action, resource == Countersign::Tool::"shop/pay");';
    expect(await reach(`${named} ${never}`)).toEqual([['t:n'], ['shop/read']]);
    const sometimes = `${never.slice(0, -1)} when { context.confirmed };`;
    expect(await reach(`${named} ${sometimes}`)).toEqual([['t:n'], ['shop/read', 'shop/pay']]);
    expect(await reach(`${named} @stepUp("approvers=role:a") ${never}`)).toEqual([
      ['t:n'],
      ['shop/read', 'shop/pay'],
    ]);
  });
});
