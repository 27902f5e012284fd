import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { readStarter } from '../folder/read-starter.ts';
import { runTests } from '../test/run-tests.ts';

const folder = new URL('./', import.meta.url);

it('decides as its tests say, from what is known of any tool', async () => {
  const read = async (name: string) => ({ name, text: await readFile(new URL(name, folder), 'utf8') });
  const report = await runTests({
    policies: await readStarter(),
    tools: [await read('starter.tools.json')],
    tests: [await read('starter.test.yaml')],
  });
  expect(report.mistakes).toEqual([]);
  expect(report.complaints).toEqual([]);
  expect(report.cases.filter(({ passed }) => !passed)).toEqual([]);
  const untried = Object.entries(report.coverage.rules).filter(([, cases]) => cases === 0);
  expect(untried.map(([id]) => id).filter((id) => /^(?:base|containment):/.test(id))).toEqual([]);
});
