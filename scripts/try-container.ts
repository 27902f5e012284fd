import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { repositoryRoot } from './check/tree.ts';
import { replayDockerfile } from './deploy/replay-dockerfile.ts';

// Builds what the Dockerfile builds in an empty folder, without a container engine, starts it and asks its health check.
const place = mkdtempSync(join(tmpdir(), 'countersign-container-'));
const port = '17420';
const startLimitSeconds = 60;
// The Node that runs this, and nothing of this checkout's tools.
const environment = { ...process.env, NODE_OPTIONS: '' };
try {
  const text = readFileSync(join(repositoryRoot, 'deploy/container/Dockerfile'), 'utf8');
  const image = await replayDockerfile(text, {
    ...{ context: repositoryRoot, place, environment },
    log: (line) => process.stdout.write(`${line}\n`),
  });
  // In the place of the base image's Node stands the one that runs this.
  const path = [dirname(process.execPath), image.environment.PATH].join(delimiter);
  const address = { COUNTERSIGN_SERVER_HOST: '127.0.0.1', COUNTERSIGN_SERVER_PORT: port };
  const own = { ...environment, ...image.environment, ...address, PATH: path };
  const [program = '', ...words] = image.command;
  const server = spawn(program, words, { cwd: image.folder, env: own, stdio: 'inherit' });
  const ended = new Promise<number | null>((resolve) => server.once('close', resolve));
  try {
    const [check = '', ...how] = image.healthcheck;
    const started = performance.now();
    while (spawnSync(check, how, { cwd: image.folder, env: own }).status !== 0) {
      if (performance.now() - started > startLimitSeconds * 1000)
        throw new Error('it did not become healthy');
      await sleep(200);
    }
    process.stdout.write(`healthy after ${((performance.now() - started) / 1000).toFixed(1)} s\n`);
    const operator = { ...own, COUNTERSIGN_URL: `http://127.0.0.1:${port}` };
    const listed = spawnSync('countersign', ['people', 'list', '--json'], {
      cwd: image.folder,
      env: operator,
      encoding: 'utf8',
    });
    if (listed.status !== 0) throw new Error(`the command line inside does not work: ${listed.stderr}`);
  } finally {
    server.kill('SIGTERM');
  }
  const code = await ended;
  if (code !== 0) throw new Error(`it ended with ${code}`);
  process.stdout.write('ended by SIGTERM with 0\n');
} finally {
  rmSync(place, { recursive: true, force: true });
}
