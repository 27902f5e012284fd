import { describe, expect, it } from 'vitest';
import { CliError } from '../../cli-error.ts';
import { readSkill } from './read-skill.ts';

describe('readSkill', () => {
  it('reads an id, tags and what it does', () => {
    expect(readSkill('lookup [books, read]: Finds an entry: any')).toEqual({
      ...{ id: 'lookup', name: 'lookup' },
      ...{ description: 'Finds an entry: any', tags: ['books', 'read'] },
    });
    expect(readSkill('pay: Pays').tags).toEqual(['pay']);
  });

  it.each(['lookup', ': nothing', 'look up: Finds', 'lookup:', 'lookup [books Finds'])(
    'refuses %o',
    (text) => {
      expect(() => readSkill(text)).toThrow(CliError);
    },
  );
});
