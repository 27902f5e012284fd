import { describe, expect, it } from 'vitest';
import { packPages, unpackPages } from './pack-pages.ts';
import type { CollectedPages } from './page-collector.ts';

describe('pages on their way to the writer', () => {
  it('arrive as they were sent', () => {
    const pages: CollectedPages = {
      terms: [
        ['kind:action.intent', [0, 3, 6]],
        ['12', [2 ** 40]],
      ],
      values: [
        ['', [7]],
        ['__proto__', [1, 2]],
        ['DE89370400440532013000', []],
      ],
      end: 2 ** 40 + 1,
    };
    expect(unpackPages(structuredClone(packPages(pages)))).toEqual(pages);
  });

  it('may be none', () => {
    const none: CollectedPages = { terms: [], values: [], end: 5 };
    expect(unpackPages(packPages(none))).toEqual(none);
  });
});
