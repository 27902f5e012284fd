import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { SetupError } from './setup-error.mjs';

const oldestMajor = 24;

export function nodeIsRecent(version) {
  return Number(version.replace(/^v/, '').split('.')[0]) >= oldestMajor;
}

/**
 * The Node that npm scripts find next: the pinned one in node_modules/.bin when the platform has one that runs, else
 * the host's. Either must be recent.
 */
export function ensureNode(root) {
  const pinned = findPinnedNode(root);
  if (pinned && nodeIsRecent(readVersion(pinned))) return;
  const host = pinned ? '' : readVersion('node');
  if (nodeIsRecent(host)) return;
  throw new SetupError(
    `Countersign needs Node ${oldestMajor} or newer. This repository brings its own for the common platforms, but ` +
      `${pinned ? `it does not run on ${process.platform}-${process.arch}` : `has none for ${process.platform}-${process.arch}`}` +
      ` and the installed Node is ${process.versions.node}. Install Node ${oldestMajor} from nodejs.org and try again.`,
  );
}

/** The pinned binary's path, or undefined. */
export function findPinnedNode(root) {
  const path = join(root, 'node_modules', '.bin', process.platform === 'win32' ? 'node.cmd' : 'node');
  return existsSync(path) ? path : undefined;
}

function readVersion(command) {
  const { status, stdout } = spawnSync(command, ['--version'], {
    encoding: 'utf8',
    shell: command.endsWith('.cmd'),
  });
  return status === 0 ? stdout.trim() : '';
}
