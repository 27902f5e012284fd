import { describe, expect, it } from 'vitest';
import { checkRequirements } from './check-requirements.ts';

const replay = {
  id: 'path.dpop-replay',
  promise: 'A proof is good for one call.',
  kind: 'attack',
  proof: 'test/attacks/dpop-replay.test.ts',
};
const proof = "proves('path.dpop-replay')";
const failuresOf = (text: string, list = [replay]): string =>
  checkRequirements(new Map([[replay.proof, text]]), list).failures.join();

describe('requirements', () => {
  it('hold when each is cited by its proof', () => {
    expect(failuresOf(proof)).toBe('');
  });

  it('refuse a proof that does not cite the id', () => {
    expect(failuresOf("proves('path.dpop')")).toContain('does not cite');
    expect(failuresOf("proves('path.dpop-replay-late')")).toContain('does not cite');
  });

  it('refuse a proof that is not there', () => {
    expect(
      failuresOf(proof, [replay, { ...replay, id: 'path.x', proof: 'test/attacks/x.test.ts' }]),
    ).toContain('does not exist');
  });

  it('refuse a test that proves nothing promised, an id twice, an odd id, an empty list', () => {
    expect(failuresOf(proof, [{ ...replay, proof: 'test/other.test.ts' }])).toContain(
      'proves no requirement',
    );
    expect(failuresOf(proof, [replay, replay])).toContain('twice');
    expect(failuresOf("'Replay'", [{ ...replay, id: 'Replay' }])).toContain('is not noun');
    expect(failuresOf(proof, [{ ...replay, promise: '' }])).toContain('does not say');
    expect(failuresOf(proof, [])).toContain('promises nothing');
  });
});
