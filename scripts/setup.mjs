// Makes a fresh clone ready, on any Node from 20 on: `npm start` and `npm test` run it first. Quick when all is there.
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { compileSources, sourcesAreCompiled } from './setup/compile-sources.mjs';
import { buildConsole, consoleNeedsBuild } from './setup/console-build.mjs';
import { ensureChromium } from './setup/ensure-chromium.mjs';
import { ensureNats } from './setup/ensure-nats.mjs';
import { ensureNode, nodeIsRecent } from './setup/ensure-node.mjs';
import { holdLock } from './setup/hold-lock.mjs';
import { installPackages, packagesAreInstalled } from './setup/install-packages.mjs';
import { SetupError } from './setup/setup-error.mjs';

const root = resolve(fileURLToPath(new URL('..', import.meta.url)));

async function setUp({ forTests }) {
  const ready = () => packagesAreInstalled(root) && !consoleNeedsBuild(root) && sourcesAreCompiled(root);
  if (!ready()) {
    await holdLock(join(root, '.cache', 'setup.lock'), async () => {
      // Another process may have done it all while this one waited for the lock.
      if (!packagesAreInstalled(root)) await installPackages(root);
      ensureNode(root);
      if (consoleNeedsBuild(root)) buildConsole(root);
      if (!sourcesAreCompiled(root)) compileSources(root);
    });
  }
  if (!nodeIsRecent(process.versions.node)) ensureNode(root);
  if (!forTests) return;
  await ensureChromium();
  await ensureNats();
  await ensureFrameworks();
}

/** The agent frameworks that the SDK is tried with are large, and nobody but its tests needs them. */
async function ensureFrameworks() {
  const folder = join(root, 'test', 'hooks');
  if (packagesAreInstalled(folder)) return;
  await holdLock(join(root, '.cache', 'setup.lock'), async () => {
    if (packagesAreInstalled(folder)) return;
    await installPackages(folder, { optional: false, what: 'agent frameworks for the tests' });
  });
}

if (!existsSync(join(root, 'package-lock.json'))) {
  console.error('setup: package-lock.json is missing; this is not a complete copy of the repository.');
  process.exit(1);
}
try {
  await setUp({ forTests: process.argv.includes('--test') });
} catch (error) {
  if (!(error instanceof SetupError)) throw error;
  console.error(`\nsetup: ${error.message}`);
  process.exit(1);
}
