import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startPlainUpstream } from '@countersign/testkit';
import { afterAll, describe, expect, it } from 'vitest';
import { isResult } from '../attacks/ground/read-refusal.ts';
import { createCaller } from './ground/create-caller.ts';
import { useScene } from './ground/use-scene.ts';
import { type Finished, runCountersign } from './run-countersign.ts';

const folder = mkdtempSync(join(tmpdir(), 'countersign-cases-'));
const scene = useScene({ upstream: () => startPlainUpstream() });
afterAll(() => rmSync(folder, { recursive: true }));

function run(...words: readonly string[]): Promise<Finished> {
  const { gateway } = scene();
  const environment = { COUNTERSIGN_DATA: gateway.folder, COUNTERSIGN_URL: gateway.url };
  return runCountersign(words, { environment });
}

describe('policy.recorded-cases', () => {
  it('makes tests of what was decided, and holds a candidate against them', async () => {
    const { gateway, url } = scene();
    const caller = createCaller(await gateway.enrol(), url);
    expect(isResult(await caller.call('echo', { text: 'a word of a person' }))).toBe(true);
    const { files } = JSON.parse((await run('policies', 'show', '--json')).stdout);
    for (const { name, text } of files) writeFileSync(join(folder, name), text);

    const recorded = await run('policies', 'test', folder, '--record', '--redact', '--agent', caller.agentId);
    expect(recorded, recorded.stderr).toMatchObject({ exitCode: 0 });
    expect(recorded.stdout).toContain('1 passed, 0 failed');
    const cases = readFileSync(join(folder, 'recorded.test.yaml'), 'utf8');
    expect(cases).toContain('tool: shop/echo');
    expect(cases).not.toContain('a word of a person');

    const candidate = 'forbid (principal, action == Countersign::Action::"shop/echo", resource);';
    writeFileSync(join(folder, 'candidate.cedar'), candidate);
    const refused = await run('policies', 'test', folder);
    expect(refused.exitCode).toBe(4);
    expect(refused.stdout).toContain('decision: wanted allow, got deny');
    expect(refused.stdout).toContain('because forbidden candidate:1');
  });

  it('checks them against the tools and agents of the server', async () => {
    const text = 'forbid (principal == Countersign::Agent::"agt_gone", action, resource);';
    writeFileSync(join(folder, 'candidate.cedar'), text);
    const checked = await run('policies', 'check', folder, '--live', '--fail-on', 'warning');
    expect(checked.exitCode, checked.stderr).toBe(4);
    expect(checked.stdout).toContain('candidate:1: there is no Countersign::Agent::"agt_gone"');
    expect(checked.stdout).toContain('[policy/never-matching]');
  });
});
