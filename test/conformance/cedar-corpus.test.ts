import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCorpus } from '../corpus/run-corpus.ts';

const MAIN = fileURLToPath(new URL('../corpus/main.ts', import.meta.url));
const run = promisify(execFile);

const SCHEMA = `
  type Place = { address: ipaddr };
  entity User in [Team] { friend?: User, seen: Set<datetime> } tags decimal;
  entity Team;
  action read;
  action view in [read] appliesTo { principal: User, resource: User, context: { place: Place, large: Long } };`;

// A template takes an id as well, and semicolons hide in texts and comments.
const POLICIES = `
  permit (principal, action in Action::"read", resource) when { context.large == 9007199254740993 };
  permit (principal == ?principal, action, resource); // a template; it is linked to nobody
  @note("one; two") permit (principal, action, resource) when { principal.friend.missing };
  permit (principal, action, resource) when { context.place.address.isInRange(ip("10.0.0.0/8")) };
  permit (principal, action, resource) when { principal.seen.contains(datetime("2024-05-06")) };
  permit (principal, action, resource) when { principal.getTag("limit").lessThan(decimal("2.0")) };
  forbid (principal in Team::"none", action, resource);`;

const user = (id: string) => ({ type: 'User', id });
const ENTITIES = [
  {
    uid: user('alice'),
    attrs: { friend: user('bob'), seen: ['2024-05-06'] },
    parents: [{ type: 'Team', id: 'all' }],
    tags: { limit: { fn: 'decimal', arg: '1.5' } },
  },
  { uid: user('bob'), attrs: { seen: [] }, parents: [] },
];

const REQUEST = {
  principal: user('alice'),
  action: { type: 'Action', id: 'view' },
  resource: user('bob'),
  decision: 'allow',
  reason: ['policy5', 'policy3', 'policy0', 'policy4'],
  errors: ['policy2'],
};

/** Written as text: what it holds is more than JSON in JavaScript can. */
function writeCase(request: object): string {
  const context = '{"place": {"address": "10.1.2.3"}, "large": 9007199254740993}';
  const paths = { policies: 'a.cedar', entities: 'a.entities.json', schema: 'a.cedarschema' };
  return JSON.stringify({ ...paths, requests: [{ ...request, context: 'CONTEXT' }] }).replace(
    '"CONTEXT"',
    context,
  );
}

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'corpus-'));
  await mkdir(join(folder, 'good', 'inner'), { recursive: true });
  await mkdir(join(folder, 'bad'));
  for (const part of ['good', 'bad']) {
    await writeFile(join(folder, part, 'a.cedar'), POLICIES);
    await writeFile(join(folder, part, 'a.cedarschema'), SCHEMA);
    await writeFile(join(folder, part, 'a.entities.json'), JSON.stringify(ENTITIES));
  }
  await writeFile(join(folder, 'good', 'inner', 'a.json'), writeCase(REQUEST));
  const wrong = {
    decision: { ...REQUEST, decision: 'deny' },
    reason: { ...REQUEST, reason: ['policy0'] },
    errors: { ...REQUEST, errors: [] },
  };
  for (const [name, request] of Object.entries(wrong))
    await writeFile(join(folder, 'bad', `${name}.json`), writeCase(request));
  await writeFile(join(folder, 'bad', 'no-case.json'), '{}');
  await writeFile(join(folder, 'bad', 'no-json.json'), '{');
});

afterAll(() => rm(folder, { recursive: true }));

describe('policy.corpus', () => {
  it('passes what agrees in decision, reason and errors', async () => {
    expect(await runCorpus(join(folder, 'good'))).toEqual({ passed: 1, failed: [] });
  });

  it('fails what differs in any of them, and what cannot be run', async () => {
    const { passed, failed } = await runCorpus(join(folder, 'bad'));
    expect(passed).toBe(0);
    expect(failed.map(({ path }) => path)).toEqual(
      ['decision', 'errors', 'no-case', 'no-json', 'reason'].map((name) => `${name}.json`),
    );
  });

  it('ends with the counts, and with a code that says whether all passed', async () => {
    const ask = (path: string) =>
      run(process.execPath, ['--conditions=countersign-source', MAIN, path]).catch((error: unknown) => error);
    expect(await ask(join(folder, 'good'))).toMatchObject({ stdout: '1 passed, 0 failed\n' });
    expect(await ask(join(folder, 'bad'))).toMatchObject({
      code: 1,
      stdout: expect.stringMatching(/\n0 passed, 5 failed\n$/),
    });
    expect(await ask(join(folder, 'none'))).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('no folder'),
    });
  });
});
