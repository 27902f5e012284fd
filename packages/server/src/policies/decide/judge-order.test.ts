import { describe, expect, it } from 'vitest';
import { TaskHistory } from '../../tasks/index.ts';
import { makeBundle, makeRequest, makeTool, testNow, testTask } from '../create-test-policies.ts';
import { explainRules } from '../explain/explain-rules.ts';
import { readHistory } from '../replay/recorded-history.ts';
import { noteRequest } from '../replay/request-facts.ts';
import { runTests } from '../test/run-tests.ts';
import { createDecisionComparison } from '../trust/compare-decision.ts';
import { decideOfficially } from '../trust/decide-officially.ts';
import { couldPermit } from './could-permit.ts';
import { describeRequest } from './describe-request.ts';
import { evaluate } from './evaluate.ts';

const send = makeTool('mail/send', { effects: ['egress'] });
const scan = makeTool('dlp/scan');
const policies = `
@id("all") permit (principal, action, resource);
@id("scan-first") @after("read=data:finance; without=tool:dlp/scan")
forbid (principal, action == Countersign::Action::"mail/send", resource);`.replace(
  'scan first',
  'scan-first',
);

const finance = [{ kind: 'data_domain', name: 'finance' }] as const;
const scanned = [{ kind: 'tool', name: 'dlp/scan' }] as const;
const when = { at: testNow, isOrdered: () => true };

function ask(history: TaskHistory) {
  return makeRequest(send, {}, { task: { ...testTask, history } });
}

describe('a policy with @after', () => {
  it('counts once the task has come to it, for either engine, which agree all the while', async () => {
    const ours = await makeBundle(policies, [send, scan]);
    const official = decideOfficially(ours);
    const comparison = createDecisionComparison();
    const history = new TaskHistory(testTask.id);
    const effects = () => {
      const request = ask(history);
      expect(comparison.compare(ours, request)).toBeUndefined();
      return [evaluate(ours, request), evaluate(official.bundle, request)].map(({ effect }) => effect);
    };
    expect(effects()).toEqual(['allow', 'allow']);
    history.note(finance, when).settle(true);
    expect(effects()).toEqual(['deny', 'deny']);
    history.note(scanned, when).settle(true);
    expect(effects()).toEqual(['deny', 'deny']);
    history.noteCompletion(scanned, when);
    expect(effects()).toEqual(['allow', 'allow']);
    history.note(finance, when).settle(true);
    expect(effects()).toEqual(['deny', 'deny']);
    comparison.release();
    official.release();
  });

  it('hides no tool that it may not forbid later', async () => {
    const bundle = await makeBundle(policies, [send, scan]);
    expect(couldPermit(bundle, ask(new TaskHistory(testTask.id)))).toBe(true);
  });

  it('is made again from the record of the decision, and says why it does not count', async () => {
    const bundle = await makeBundle(policies, [send, scan]);
    const history = new TaskHistory(testTask.id);
    history.note(finance, when).settle(true);
    history.note(scanned, when).settle(true);
    history.noteCompletion(scanned, when);
    const facts = noteRequest(ask(history), bundle.sequences);
    const again = ask(readHistory(testTask.id, facts));
    expect(evaluate(bundle, again).effect).toBe('allow');
    expect(noteRequest(again, bundle.sequences)).toEqual(facts);
    const told = describeRequest(again);
    const rules = told === undefined ? [] : explainRules(bundle, told, [], again);
    expect(rules.find(({ id }) => id === 't:scan-first')).toMatchObject({
      ...{ outcome: 'does_not_hold', sequence: 'tool:dlp/scan was done since' },
    });
    // Where no policy asked for an order, none was kept: nothing is guessed.
    const without = ask(readHistory(testTask.id, noteRequest(ask(history))));
    expect(() => evaluate(bundle, without)).toThrow(expect.objectContaining({ code: 'policy.unavailable' }));
  });

  it('refuses a bundle with one that cannot be read', async () => {
    await expect(makeBundle(policies.replace('without', 'whithout'), [send, scan])).rejects.toThrow(
      /@after: unknown key/,
    );
  });

  it('is tested with what a task did, in its order', async () => {
    const text = `
tasks:
  read: { done: { order: [{ dataDomain: finance }] } }
  scanned: { done: { order: [{ dataDomain: finance }, { tool: dlp/scan }] } }
  failed: { done: { order: [{ dataDomain: finance }, { tool: dlp/scan, ended: failed }] } }
cases:
  - { name: nothing read, tool: mail/send, expect: { decision: allow } }
  - { name: read, task: read, tool: mail/send, expect: { decision: deny, reasons: ["t:scan-first"] } }
  - { name: scanned, task: scanned, tool: mail/send, expect: { decision: allow } }
  - { name: scan failed, task: failed, tool: mail/send, expect: { decision: deny } }
`;
    const toolFile = (upstream: string, name: string) => ({
      name: `${upstream}.tools.yaml`,
      text: `upstream: ${upstream}\ntools:\n  - { name: ${name}, effects: [read], inputSchema: { type: object } }\n`,
    });
    const report = await runTests({
      policies: [{ name: 't.cedar', text: policies }],
      tools: [toolFile('mail', 'send'), toolFile('dlp', 'scan')],
      tests: [{ name: 'a.test.yaml', text }],
    });
    expect(report.mistakes).toEqual([]);
    expect(report.cases.filter(({ passed }) => !passed)).toEqual([]);
  });
});
