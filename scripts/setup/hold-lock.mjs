import { mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { SetupError } from './setup-error.mjs';

const waitLimitSeconds = 600;

/**
 * Runs `work` while no other set-up of this clone runs. The lock is a folder because making one is atomic everywhere;
 * it holds the owner's process id, so that a lock whose owner died is taken over.
 */
export async function holdLock(path, work) {
  mkdirSync(dirname(path), { recursive: true });
  for (let waitedSeconds = 0; !takeLock(path); waitedSeconds += 0.2) {
    if (waitedSeconds === 0) console.error('setup: another set-up of this clone is running; waiting for it');
    if (waitedSeconds > waitLimitSeconds) {
      throw new SetupError(`waited ${waitLimitSeconds} s for another set-up. If none runs, remove ${path}`);
    }
    if (ownerIsGone(path)) rmSync(path, { recursive: true, force: true });
    else await new Promise((done) => setTimeout(done, 200));
  }
  try {
    return await work();
  } finally {
    rmSync(path, { recursive: true, force: true });
  }
}

function takeLock(path) {
  try {
    mkdirSync(path);
  } catch (error) {
    if (error.code === 'EEXIST') return false;
    throw new SetupError(`cannot write to ${dirname(path)}: ${error.message}`);
  }
  writeFileSync(join(path, 'pid'), String(process.pid));
  return true;
}

function ownerIsGone(path) {
  let pid;
  try {
    pid = Number(readFileSync(join(path, 'pid'), 'utf8'));
  } catch {
    return lockAgeSeconds(path) > 5;
  }
  if (!Number.isInteger(pid) || pid <= 0) return lockAgeSeconds(path) > 5;
  try {
    process.kill(pid, 0);
    return false;
  } catch (error) {
    return error.code === 'ESRCH';
  }
}

function lockAgeSeconds(path) {
  try {
    return (Date.now() - statSync(path).mtimeMs) / 1000;
  } catch {
    return 0;
  }
}
