import { describe, expect, it } from 'vitest';
import { describeTokens } from './check-directories.ts';

const day = 86_400_000;
const token = (directory: string, days: number) => ({ directory, name: 'x', expiresAt: days * day });

describe('tokens of directories', () => {
  it('are named before they run out, and when they have', () => {
    const found = describeTokens([token('main', 3), token('other', -1), token('third', 100)], 0);
    expect(found.map(({ id, severity }) => [id, severity])).toEqual([
      ['scim.ends', 'warning'],
      ['scim.over', 'error'],
    ]);
  });

  it('are in no danger while the directory has another', () => {
    expect(describeTokens([token('main', 3), token('main', 180)], 0)).toEqual([]);
  });
});
