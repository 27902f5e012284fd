import { describe, expect, it } from 'vitest';
import { checkDocs } from './check-docs.ts';

const sound = {
  'README.md': '# Readme\n\n[docs](docs/README.md)\n\n`packages/cli/src/commands/ledger/tail.ts` `docs/`\n',
  'docs/README.md': '# Docs\n\n## Two words\n\n[up](../README.md#readme) [here](#two-words)\n',
  'package.json': '{"scripts":{"test":"x"}}',
  'packages/cli/src/commands/ledger/tail.ts': "option('--since <time>')",
  'packages/cli/src/main.ts': "option('--json')",
};
const failuresOf = (readme: string): string =>
  checkDocs(
    new Map(Object.entries({ ...sound, 'README.md': `${sound['README.md']}${readme}\n` })),
  ).failures.join();

describe('docs', () => {
  it.each([
    [''],
    ['`npm test` and `npm ci`'],
    ['`countersign ledger tail --since 1h --json`'],
    ['`packages/<name>/src/commands/*/tail.ts`'],
    ['[elsewhere](https://localhost/gone)'],
    ['```sh\n$ countersign ledger tail # all\nnpm test\n```'],
    ['```text\ncountersign nothing\n```'],
  ])('accept %j', (text) => {
    expect(failuresOf(text)).toBe('');
  });

  it.each([
    ['[x](docs/gone.md)', 'docs/gone.md, which is not there'],
    ['[x](docs/README.md#gone)', 'no such heading'],
    ['`packages/core/src/gone.ts`', 'the path packages/core/src/gone.ts'],
    ['`gone.md`', 'the path gone.md'],
    ['`npm run gone`', 'the npm script gone'],
    ['`countersign ledger gone`', 'the command countersign ledger gone'],
    ['`countersign ledger tail --gone`', 'with --gone'],
    ['```sh\nnpx countersign gone\n```', 'the command countersign gone'],
    ['```sh run\nnpm run gone\n```', 'the npm script gone'],
    ['```klingon\nqapla\n```', 'no check knows'],
  ])('refuse %j', (text, reason) => {
    expect(failuresOf(text)).toContain(reason);
  });

  it('refuse a page that no link leads to', () => {
    const { failures } = checkDocs(new Map(Object.entries({ ...sound, 'docs/lost.md': '# Lost\n' })));
    expect(failures).toEqual(['docs/lost.md: no link leads here from README.md']);
  });

  it('refuse a decision that no test holds', () => {
    const decide = (holder: string): string => {
      const files = {
        'README.md': '[a](docs/adr/0001-a.md)',
        'docs/adr/0001-a.md': `# A\n\n## Held by\n\n${holder}\n`,
        'test/a.test.ts': '',
      };
      return checkDocs(new Map(Object.entries(files))).failures.join();
    };
    expect(decide('`test/a.test.ts`')).toBe('');
    expect(decide('good will')).toContain('names no test');
  });
});
