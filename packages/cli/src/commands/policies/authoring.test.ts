import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { runCli } from '../../run-cli.ts';

let folder = '';

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'policies-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

async function run(...words: readonly string[]) {
  const [stdin, stdout, stderr] = [new PassThrough(), new PassThrough(), new PassThrough()];
  const signal = new AbortController().signal;
  const environment = { COUNTERSIGN_DATA: join(folder, 'none') };
  const exitCode = await runCli(words, { streams: { stdin, stdout, stderr }, environment, signal });
  return { exitCode, out: String(stdout.read() ?? ''), err: String(stderr.read() ?? '') };
}

function write(name: string, text: string): void {
  writeFileSync(join(folder, name), text);
}

const tools = JSON.stringify({ upstream: 'pay', tools: [{ name: 'send', effects: ['spend'] }] });
const cases = 'cases:\n  - { name: paying, tool: pay/send, expect: { decision: allow } }\n';

test('a folder is checked and tested without a server, with exit codes by what is wrong', async () => {
  write('a.tools.json', tools);
  write(
    'a.cedar',
    '@id("p") permit (principal, action == Countersign::Action::"pay/send", resource) when { context.confirmed };',
  );
  write('a.test.yaml', cases);
  expect(await run('policies', 'check', folder)).toMatchObject({ exitCode: 0, out: '' });
  expect(await run('policies', 'test', folder)).toMatchObject({ exitCode: 0 });
  write('a.cedar', 'permit (principal, action, resource);');
  expect(await run('policies', 'check', folder)).toMatchObject({ exitCode: 0 });
  const strict = await run('policies', 'check', folder, '--fail-on', 'warning');
  expect(strict.exitCode).toBe(4);
  expect(strict.out).toContain(`${join(folder, 'a.cedar')}:1:1: warning: a:1: every agent may`);
  write('a.cedar', '@id("p") permit (principal, action == Countersign::Action::"pay/snd", resource);');
  expect((await run('policies', 'check', folder)).exitCode).toBe(3);
  expect((await run('policies', 'test', folder)).exitCode).toBe(3);
  write('a.cedar', '@id("p") forbid (principal, action, resource);');
  const failed = await run('policies', 'test', folder);
  expect(failed.exitCode).toBe(4);
  expect(failed.out).toContain('decision: wanted allow, got deny');
  expect(failed.out).toContain('because forbidden a:p');
  write('a.test.yaml', 'cases: 1');
  const mistaken = await run('policies', 'test', folder);
  expect(mistaken.exitCode).toBe(2);
  expect(mistaken.err).toContain('a.test.yaml:1: cases:');
});

test('findings are written as SARIF and JUnit', async () => {
  write('a.tools.json', tools);
  write(
    'a.cedar',
    '@id("<p&>")\npermit (principal, action, resource);\n@id("q") permit (principal, action, resource);',
  );
  expect((await run('policies', 'check', folder)).exitCode).toBe(3);
  write('a.cedar', '@id("p")\npermit (principal, action, resource);');
  const { runs, version } = JSON.parse((await run('policies', 'check', folder, '--format', 'sarif')).out);
  expect(version).toBe('2.1.0');
  const [{ tool, results }] = runs;
  expect(results).toHaveLength(1);
  expect(tool.driver.rules[results[0].ruleIndex].id).toBe('policy/over-broad');
  expect(results[0]).toMatchObject({
    ruleId: 'policy/over-broad',
    level: 'warning',
    locations: [{ physicalLocation: { region: { startLine: 2, startColumn: 1 } } }],
  });
  const { out } = await run('policies', 'check', folder, '--format', 'junit');
  expect(out).toContain('<testsuites name="countersign policies check" tests="1" failures="1">');
  expect(out).toMatch(/<failure message="every agent may [^<>]*">policy\/over-broad: /);
});

test('test writes JUnit and holds a coverage', async () => {
  write('a.tools.json', tools);
  write(
    'a.cedar',
    '@id("p") permit (principal, action, resource);\n@id("q") forbid (principal, action, resource) when { context.task.calls > 5 };',
  );
  write('a.test.yaml', cases.replace('paying', '"pa<y>&ing"'));
  const report = join(folder, 'report.xml');
  const { exitCode, out } = await run(
    'policies',
    'test',
    folder,
    '--min-coverage',
    '60',
    '--coverage',
    '--junit',
    report,
  );
  expect(exitCode).toBe(4);
  expect(out).toContain('rules that decided nothing:\n  a:q\n');
  expect(readFileSync(report, 'utf8')).toContain('name="pa&lt;y&gt;&amp;ing"');
  expect((await run('policies', 'test', folder, '--min-coverage', '50')).exitCode).toBe(0);
});

test('a pack is written for an upstream, once', async () => {
  const into = join(folder, 'policies');
  expect((await run('policies', 'add-pack', 'slack', '--upstream', 'chat', '--folder', into)).exitCode).toBe(
    0,
  );
  expect((await run('policies', 'test', into, '--min-coverage', '80')).exitCode).toBe(0);
  const again = await run('policies', 'add-pack', 'slack', '--upstream', 'chat', '--folder', into);
  expect(again).toMatchObject({ exitCode: 2 });
  expect(again.err).toContain('is there already');
  expect((await run('policies', 'show-pack', 'no-such')).err).toContain('policy.pack_not_found');
  expect((await run('policies', 'add-pack', 'slack')).exitCode).toBe(2);
  expect((await run('policies', 'list-packs', '--json')).out).toContain('"github"');
});
