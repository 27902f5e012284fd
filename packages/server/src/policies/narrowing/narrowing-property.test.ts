import type { Verdict } from '@countersign/core';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { compileBundle } from '../bundle/compile-bundle.ts';
import type { PolicyFile } from '../bundle/complaint.ts';
import { makeRequest, makeTool, testAgent } from '../create-test-policies.ts';
import { evaluate } from '../decide/evaluate.ts';
import { createLiveBundle, type LiveBundle } from '../decide/live-bundle.ts';
import { decideOfficially } from '../trust/decide-officially.ts';
import { addNarrowing, removeNarrowing } from './edit-files.ts';
import { writeNarrowing } from './write-narrowing.ts';

const review = 'rev_01J0000000000000000000000A';
const item = 'rvi_01J0000000000000000000000A';
const properties = { n: { type: 'integer' } };
const hostile = 'x"); permit (principal, action, resource); //';
const tools = [
  makeTool('a/read', { properties }),
  makeTool('a/write', { properties, effects: ['write'] }),
  makeTool('b/pay', { properties, effects: ['spend'] }),
  makeTool(`b/${hostile}`, { properties }),
  makeTool('b/new\nline\u202e\\', { properties }),
];
const names = tools.map(({ upstream, name }) => `${upstream}/${name}`);
const other = { ...testAgent, id: 'agt_00000000000000000000000009' };
const me = `principal == Countersign::Agent::"${testAgent.id}"`;

const rule = fc
  .record({
    head: fc.constantFrom('permit', 'permit', 'permit', 'forbid', '@stepUp("approvers=role:a") forbid'),
    principal: fc.constantFrom('principal', me, 'principal in Countersign::Group::"g"'),
    action: fc.constantFrom(
      'action',
      'action in Countersign::Action::"call"',
      'action == Countersign::Action::"b/pay"',
    ),
    resource: fc.constantFrom('resource', 'resource in Countersign::Upstream::"a"'),
    when: fc.constantFrom('', 'when { principal.name == "payer" }', 'when { context.task.calls > 2 }'),
  })
  .map(
    ({ head, principal, action, resource, when }) =>
      `${head} (${principal}, ${action}, ${resource}) ${when};`,
  );
const taken = fc
  .record({ tools: fc.subarray(names), upstreams: fc.subarray(['a', 'b']) })
  .filter((one) => one.tools.length + one.upstreams.length > 0);

const rank: Record<Verdict['effect'], number> = { deny: 0, step_up: 1, allow: 2 };

async function make(files: readonly PolicyFile[]): Promise<LiveBundle> {
  const { policies, compiled, errors } = await compileBundle(files, tools);
  expect(errors).toEqual([]);
  return createLiveBundle({ version: 'pol_test', digest: 'd', policies, compiled, validatedWith: tools });
}

it('never permits what was denied, takes exactly what it names from exactly one agent, and goes without a trace', async () => {
  const files = fc
    .array(rule, { minLength: 1, maxLength: 5 })
    .map((rules) => [{ name: 'base.cedar', text: rules.join('\n') }]);
  await fc.assert(
    fc.asyncProperty(files, taken, async (before, lost) => {
      const text = writeNarrowing(item, { agentId: testAgent.id, ...lost });
      const added = { review, item, text };
      const after = addNarrowing(before, added);
      expect(removeNarrowing(after, added)).toEqual(before);
      const [wide, narrow] = [await make(before), await make(after)];
      const official = [decideOfficially(wide), decideOfficially(narrow)] as const;
      for (const [one, two] of [
        [wide, narrow],
        [official[0].bundle, official[1].bundle],
      ] as const)
        for (const tool of tools)
          for (const agent of [testAgent, { ...testAgent, groups: ['g'] }, other]) {
            const request = makeRequest(tool, { n: 1 }, { agent });
            const [was, is] = [evaluate(one, request), evaluate(two, request)];
            const full = `${tool.upstream}/${tool.name}`;
            const isLost = lost.tools.includes(full) || lost.upstreams.includes(tool.upstream);
            expect(rank[is.effect]).toBeLessThanOrEqual(rank[was.effect]);
            if (agent.id === testAgent.id && isLost) expect(is.effect).toBe('deny');
            else expect(is).toEqual(was);
          }
      for (const one of official) one.release();
    }),
    { numRuns: 20 },
  );
}, 120_000);
