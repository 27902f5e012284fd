import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { AppError } from '@countersign/api';
import { z } from 'zod';
import { digestFiles, policyFiles } from '../bundle/bundle-input.ts';
import type { PolicyFile } from '../bundle/complaint.ts';

const ending = /\.(?:cedar|cedarschema|entities\.json)$/;
const mostFiles = 200;
const longestFile = 1_048_576;

const readsAtMost = 20;
const betweenMilliseconds = 60;

/**
 * All policy, schema and entity files of a folder, not of the folders in it. An editor empties a file before it writes
 * it: what is read counts once it is read twice. Throws `policy.invalid`, also for a folder without any policy, which
 * would deny everything.
 */
export async function readFolder(folder: string): Promise<readonly PolicyFile[]> {
  let before = await readOnce(folder);
  for (let reads = 1; reads < readsAtMost; reads += 1) {
    await sleep(betweenMilliseconds);
    const now = await readOnce(folder);
    if (digestFiles(now) === digestFiles(before)) return requirePolicies(now);
    before = now;
  }
  throw refuse('it is being written without an end');
}

function requirePolicies(files: readonly PolicyFile[]): readonly PolicyFile[] {
  if (files.every(({ text }) => text.trim() === '')) throw refuse('there is no policy in it');
  return files;
}

async function readOnce(folder: string): Promise<readonly PolicyFile[]> {
  try {
    const names = (await readdir(folder)).filter((name) => ending.test(name)).sort();
    if (names.length > mostFiles) throw new Error(`more than ${mostFiles} files`);
    const files: PolicyFile[] = [];
    for (const name of names) {
      const path = join(folder, name);
      const { size } = await stat(path);
      if (size > longestFile) throw new Error(`${name} is too long`);
      files.push({ name, text: new TextDecoder('utf-8', { fatal: true }).decode(await readFile(path)) });
    }
    return policyFiles.parse(files);
  } catch (cause) {
    const why = cause instanceof z.ZodError ? describe(cause) : (cause as Error).message;
    throw refuse(why, cause);
  }
}

function refuse(why: string, cause?: unknown): AppError {
  return new AppError('policy.invalid', { detail: `the policy folder cannot be read: ${why}`, cause });
}

function describe(error: z.ZodError): string {
  const [issue] = error.issues;
  return issue === undefined ? 'not valid' : `file ${issue.path.join('.') || 'list'}: ${issue.message}`;
}
