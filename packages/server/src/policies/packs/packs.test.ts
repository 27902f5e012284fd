import { listArgumentPointers, listSentencePointers, parseSentence } from '@countersign/core';
import { describe, expect, test } from 'vitest';
import { checkBundle } from '../check/check-bundle.ts';
import { generateSchema } from '../schema/generate-schema.ts';
import { readTools } from '../test/read-tools.ts';
import { runTests } from '../test/run-tests.ts';
import { fitPack } from './fit-pack.ts';
import { packNames, readPack } from './read-pack.ts';

describe.each(packNames)('%s', (name) => {
  test.each([name, `my-${name}-2`])('holds what its tests say, as %s', async (upstream) => {
    const pack = await readPack(name, upstream);
    const report = await runTests({ policies: [pack.policies], tools: [pack.tools], tests: [pack.tests] });
    expect(report.mistakes).toEqual([]);
    expect(report.complaints).toEqual([]);
    expect(report.cases.filter(({ passed }) => !passed)).toEqual([]);
    expect(report.cases.length).toBeGreaterThan(8);
    const rules = Object.entries(report.coverage.rules);
    const untried = rules.filter(([, cases]) => cases === 0).map(([id]) => id);
    expect(untried.filter((id) => !id.endsWith(':no-administration'))).toEqual([]);
  });

  test('stands the check', async () => {
    const pack = await readPack(name);
    const tools = readTools(pack.tools);
    if (!tools.ok) throw new Error(JSON.stringify(tools.mistakes));
    const { findings } = checkBundle([pack.policies], generateSchema(tools.declared.tools));
    expect(findings.filter(({ severity }) => severity !== 'note')).toEqual([]);
  });

  test('says of its tools only what they have arguments for', async () => {
    const tools = readTools((await readPack(name)).tools);
    const said = tools.ok ? tools.declared.tools.filter(({ sentence }) => sentence !== null) : [];
    expect(said.length).toBeGreaterThan(0);
    for (const { sentence, definition } of said) {
      const known = listArgumentPointers(definition.inputSchema);
      for (const pointer of listSentencePointers(parseSentence(sentence ?? '') ?? []))
        expect(
          known.some((one) => one === pointer || one.startsWith(`${pointer}/`)),
          pointer,
        ).toBe(true);
    }
  });

  test('says what it does not cover', async () => {
    expect((await readPack(name)).about).toContain('Not covered: ');
  });
});

test('a pack fits an upstream that offers the tools it names', async () => {
  const pack = await readPack('slack', 'chat');
  const tool = { effects: ['admin'], dataDomain: 'chat', confirmed: false };
  expect(
    fitPack(pack, [
      { ...tool, name: 'slack_post_message' },
      { ...tool, name: 'other' },
    ]),
  ).toEqual({
    missing: ['slack_reply_to_thread'],
    unclassified: [
      {
        name: 'slack_post_message',
        effects: ['egress'],
        now: [],
        sentence: 'Post {/text} in {/channel_id}',
      },
    ],
    unknown: ['other'],
  });
});

test('there is no other pack', async () => {
  await expect(readPack('__proto__')).rejects.toMatchObject({ code: 'policy.pack_not_found' });
});
