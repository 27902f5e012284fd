import { describe, test } from 'vitest';
import { readTree } from '../../scripts/check/tree.ts';
import { parseMarkdown } from '../../scripts/docs/parse-markdown.ts';
import { listRuns, runPage } from './run-page.ts';
import { startHouse } from './start-house.ts';

const pages = [...readTree()]
  .filter(([path]) => path.endsWith('.md'))
  .map(([path, text]) => parseMarkdown(path, text))
  .filter((page) => listRuns(page).length > 0);

const patienceMilliseconds = 180_000;

describe('docs.run: what a guide says works as it says', () => {
  test.each(pages.map((page) => [page.path, page] as const))(
    '%s',
    async (_path, page) => {
      const house = await startHouse();
      try {
        await runPage(page, house);
      } finally {
        await house.stop();
      }
    },
    patienceMilliseconds,
  );
});
