import { describe, expect, it } from 'vitest';
import { type Draft, isSameText, keepDraft, readDraft, writeText } from './draft.ts';

const draft: Draft = { base: 'pol_1', files: [{ name: 'a.cedar', text: 'one' }] };

describe('a draft', () => {
  it('is read as it was kept', () => {
    let kept = '';
    const setItem = (_: string, text: string) => {
      kept = text;
    };
    keepDraft({ setItem }, draft);
    expect(readDraft({ getItem: () => kept })).toEqual(draft);
  });

  it.each([null, 'no json', '1', '{}', '{"base":1,"files":[]}', '{"base":"b","files":[{"name":"a"}]}'])(
    'is none when %s was kept',
    (kept) => {
      expect(readDraft({ getItem: () => kept })).toBeUndefined();
    },
  );

  it('says when it cannot be kept', () => {
    const full = () => {
      throw new Error('full');
    };
    expect(keepDraft({ setItem: full }, draft)).toBe(false);
  });

  it('differs from what is in force once a file does', () => {
    expect(isSameText(writeText(draft, 'a.cedar', 'one').files, draft.files)).toBe(true);
    expect(isSameText(writeText(draft, 'a.cedar', 'two').files, draft.files)).toBe(false);
  });
});
