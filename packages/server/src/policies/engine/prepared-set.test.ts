import { describe, expect, it } from 'vitest';
import { useCedar } from './cedar.ts';
import { prepareSet } from './prepared-set.ts';

const permit = useCedar((cedar) => {
  const answer = cedar.policyToJson('permit (principal, action, resource);');
  if (answer.type !== 'success') throw new Error('not a policy');
  return answer.json;
});

function decide(set: string): string {
  const name = (type: string) => ({ type, id: 'x' });
  const answer = useCedar((cedar) =>
    cedar.statefulIsAuthorized({
      principal: name('A'),
      action: name('Action'),
      resource: name('R'),
      context: {},
      entities: [],
      preparsedPolicySetId: set,
    }),
  );
  return answer.type === 'success' ? answer.response.decision : answer.type;
}

describe('a prepared set', () => {
  it('gives its id to the next one, and leaves nothing under it', () => {
    const first = prepareSet({ p: permit });
    const id = first.id();
    expect(decide(id)).toBe('allow');
    first.release();
    first.release();
    expect(decide(id)).toBe('deny');
    expect(() => first.id()).toThrow('policy.unavailable');
    const second = prepareSet({});
    expect(second.id()).toBe(id);
    expect(prepareSet({}).id()).not.toBe(id);
  });

  it('is prepared again in a new engine', () => {
    const set = prepareSet({ p: permit });
    const deep = `permit (principal, action, resource) when { ${'('.repeat(400)}true${')'.repeat(400)} };`;
    expect(() => useCedar((cedar) => cedar.policyToJson(deep))).toThrow();
    expect(decide(set.id())).toBe('allow');
  });

  it('is refused, and its id kept for others, when the engine does not take it', () => {
    const wrong = { ...permit, effect: 'maybe' as 'permit' };
    expect(() => prepareSet({ p: wrong })).toThrow('policy.unavailable');
  });
});
