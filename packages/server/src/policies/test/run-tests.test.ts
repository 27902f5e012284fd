import { describe, expect, test } from 'vitest';
import { runTests } from './run-tests.ts';
import { writeTestFile } from './write-test-file.ts';

const policies = [
  {
    name: 'pay.cedar',
    text: `
@id("read") permit (principal, action in Countersign::Action::"effect:read", resource);
@id("send") permit (principal in Countersign::Group::"finance", action == Countersign::Action::"pay/send", resource);
@id("ask") @stepUp("approvers=role:finance; quorum=2") forbid (principal, action == Countersign::Action::"pay/send", resource)
when { context.args.amount > 100 || context.environment == "staging" };
@id("late") forbid (principal, action == Countersign::Action::"pay/send", resource) when { context.task.calls > 3 };
@id("second-hand") forbid (principal, action == Countersign::Action::"pay/send", resource) when { context.chain has giver };
@id("spent") forbid (principal, action == Countersign::Action::"pay/send", resource) when { context has spend && context.spend.minor > 9000 };
@id("by-itself") @stepUp("approvers=role:finance; quorum=2") forbid (principal, action == Countersign::Action::"pay/send", resource)
when { context has predicted && !context.predicted };
`,
  },
];
const tools = [
  {
    name: 'pay.tools.json',
    text: JSON.stringify({
      upstream: 'pay',
      tools: [
        { name: 'list', effects: ['read'] },
        {
          name: 'send',
          effects: ['spend'],
          amount: { pointer: '/amount', currency: 'EUR' },
          inputSchema: { type: 'object', properties: { amount: { type: 'integer' } }, required: ['amount'] },
        },
      ],
    }),
  },
];
const head = `agents:
  payer: { groups: [finance] }
  other: {}
tasks:
  long: { calls: 4 }
  passed: { through: [other] }
`;

async function run(text: string, filter?: string) {
  const tests = [{ name: 'pay.test.yaml', text }];
  return runTests({ policies, tools, tests, ...(filter === undefined ? {} : { filter }) });
}

async function decide(given: string): Promise<readonly string[]> {
  const { mistakes, complaints, cases } = await run(`${head}cases:\n  - ${given}\n`);
  expect([mistakes, complaints]).toEqual([[], []]);
  return cases.flatMap(({ differences }) => differences);
}

describe('a case', () => {
  const call = 'name: a, agent: payer, tool: pay/send, arguments: { amount: 5 }';
  test.each([
    ['is allowed', `{ ${call}, expect: { decision: allow, reasons: ['pay:send'] } }`],
    [
      'asks about what no model asked for',
      `{ ${call}, context: { predicted: false }, expect: { decision: step_up, reasons: ['pay:by-itself'] } }`,
    ],
    [
      'knows that a model asked for it',
      `{ ${call}, context: { predicted: true }, expect: { decision: allow } }`,
    ],
    [
      'asks',
      `{ ${call.replace('5', '500')}, expect: { decision: step_up, reasons: ['pay:ask', step_up_required] } }`,
    ],
    [
      'has a record',
      `{ ${call.replace('5', '500')}, expect: { decision: step_up, record: { requirement: { quorum: 2 } } } }`,
    ],
    [
      'is of another agent',
      `{ ${call.replace('payer', 'other')}, expect: { decision: deny, reasons: [no_permit] } }`,
    ],
    ['has no rule for it', `{ ${call.replace('payer', 'other')}, expect: { decision: deny, reasons: [] } }`],
    ['is in a task', `{ ${call}, task: long, expect: { decision: deny, reasons: ['pay:late'] } }`],
    ['is passed on', `{ ${call}, task: passed, expect: { decision: deny, reasons: ['pay:second-hand'] } }`],
    ['spends', `{ ${call.replace('5', '9001')}, expect: { decision: deny, reasons: ['pay:spent'] } }`],
    ['is elsewhere', `{ ${call}, context: { environment: staging }, expect: { decision: step_up } }`],
    ['calls no tool', '{ name: a, operation: discover, upstream: pay, expect: { decision: deny } }'],
  ])('%s', async (_what, given) => {
    expect(await decide(given)).toEqual([]);
  });

  test.each([
    [`{ ${call}, expect: { decision: deny } }`, 'decision: wanted deny, got allow'],
    [
      `{ ${call}, expect: { decision: allow, reasons: ['pay:read'] } }`,
      'reasons: wanted ["pay:read"], got ["pay:send"]',
    ],
    [
      `{ ${call}, expect: { decision: allow, reasons: [no_permit] } }`,
      'reasons: wanted ["no_permit"], got ["permitted"]',
    ],
    [
      `{ ${call}, expect: { decision: allow, record: { effect: deny } } }`,
      'record.effect: wanted deny, got allow',
    ],
    [
      `{ ${call}, expect: { decision: allow, record: { toString: a } } }`,
      'record.toString: wanted a, got nothing',
    ],
    [
      `{ ${call.replace('payer', 'nobody')}, expect: { decision: allow } }`,
      'there is no agent "nobody" in this file',
    ],
    [
      `{ ${call.replace('payer', 'toString')}, expect: { decision: allow } }`,
      'there is no agent "toString" in this file',
    ],
    [
      `{ ${call}, task: constructor, expect: { decision: allow } }`,
      'there is no task "constructor" in this file',
    ],
    [`{ ${call.replace('/send', '/sned')}, expect: { decision: allow } }`, 'there is no tool pay/sned'],
    [
      `{ ${call.replace('pay/', 'py/')}, expect: { decision: allow } }`,
      'no tools file describes the upstream "py"',
    ],
    ['{ name: a, expect: { decision: allow } }', 'say either tool or operation'],
  ])('%s fails', async (given, difference) => {
    expect(await decide(given)).toContain(difference);
  });

  test('with arguments that a server would refuse fails', async () => {
    const [difference] = await decide(
      '{ name: a, agent: payer, tool: pay/send, expect: { decision: deny } }',
    );
    expect(difference).toContain('arguments: a server would refuse them');
  });
});

test('a matrix is a case for each agent and tool, and rules and tools are counted', async () => {
  const text = `${head}matrices:
  - name: who may pay
    arguments:
      pay/send: { amount: 5 }
    decisions:
      payer: { pay/list: allow, pay/send: allow }
      other: { pay/list: allow, pay/send: allow }
`;
  const { cases, coverage } = await run(text);
  expect(cases.map(({ name, line, passed }) => [name, line, passed])).toEqual([
    ['who may pay: payer, pay/list', 12, true],
    ['who may pay: payer, pay/send', 12, true],
    ['who may pay: other, pay/list', 13, true],
    ['who may pay: other, pay/send', 13, false],
  ]);
  expect(coverage.tools).toEqual({ 'pay/list': 2, 'pay/send': 2 });
  expect(coverage.rules).toMatchObject({ 'pay:read': 2, 'pay:send': 1, 'pay:ask': 0 });
  expect((await run(text, 'other,')).cases).toHaveLength(2);
});

describe('what is wrong with a file is said with its line', () => {
  test.each([
    ['cases:\n  - name: a\n    expects: {}\n', 2],
    ['cases:\n  - name: a\n   expect: [\n', 3],
    ['a: &x [1]\ncases: *x\n', 1],
    ['cases: []\ncases: []\n', 2],
    ['cases:\n  - name: a\n    tool: a/b\n    expect: { decision: maybe }\n', 4],
  ])('%j', async (text, line) => {
    const { mistakes, cases } = await run(text);
    expect(mistakes[0]).toMatchObject({ file: 'pay.test.yaml', line });
    expect(cases).toEqual([]);
  });

  test('so are tools whose schema cannot be used, and policies', async () => {
    const bad = JSON.stringify({
      upstream: 'pay',
      tools: [{ name: 'a', effects: ['read'], inputSchema: { type: 'string' } }],
    });
    const tests = [{ name: 'a.test.yaml', text: 'cases: []' }];
    const read = await runTests({ policies, tools: [{ name: 'pay.tools.json', text: bad }], tests });
    expect(read.mistakes[0]?.message).toContain('a: the input schema is not of type object');
    const typo = [{ name: 'a.cedar', text: 'permit (principal, action, resourc);' }];
    expect((await runTests({ policies: typo, tools, tests })).complaints[0]).toMatchObject({
      file: 'a.cedar',
      line: 1,
    });
  });

  test('a name that is a prototype is only a name', async () => {
    const { mistakes, cases } = await run('agents:\n  __proto__: {}\ncases: []\n');
    expect([mistakes, cases]).toEqual([[], []]);
    expect(Object.hasOwn(Object.prototype, 'owner')).toBe(false);
  });
});

test('what is written is read again', async () => {
  const given = {
    name: 'a',
    tool: 'pay/list',
    arguments: { text: 'a: "b" # c\n' },
    expect: { decision: 'allow' },
  };
  const { mistakes, cases } = await run(writeTestFile({ cases: [given] }));
  expect([mistakes, cases.map(({ passed }) => passed)]).toEqual([[], [true]]);
  expect(() => writeTestFile({ cases: [{ name: 'a' }] })).toThrow();
});

test('a policy that only watches denies nothing, and is counted where it would have', async () => {
  const watching = '@id("w") @mode("shadow") forbid (principal, action, resource);';
  const files = [...policies, { name: 'watch.cedar', text: watching }];
  const text =
    "cases:\n  - { name: a, tool: pay/list, expect: { decision: allow, reasons: ['pay:read'] } }\n";
  const report = await runTests({ policies: files, tools, tests: [{ name: 'a.test.yaml', text }] });
  expect(report.cases.flatMap(({ differences }) => differences)).toEqual([]);
  expect(report.coverage.rules).toMatchObject({ 'watch:w': 1 });
});
