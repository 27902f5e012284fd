import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { installWithApt, mayUseApt } from './install-with-apt.mjs';
import { SetupError } from './setup-error.mjs';

/** The NATS server that tests start. Debian keeps it where only root's path leads. */
function hasNatsServer() {
  const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/usr/local/sbin'];
  return folders.some((folder) => existsSync(join(folder, 'nats-server')));
}

/** Installs it where that needs no question. Elsewhere says what to install. */
export async function ensureNats() {
  if (hasNatsServer()) return;
  if (!mayUseApt()) {
    throw new SetupError(
      'the tests of the signal bus need nats-server. Install it (Debian: apt-get install nats-server) and have it on the path.',
    );
  }
  console.error('setup: installing nats-server for the tests of the signal bus (once) …');
  installWithApt('nats-server');
  if (!hasNatsServer()) throw new SetupError('apt-get installed nats-server, but it is not on the path.');
}
