import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError } from '@countersign/api';
import { z } from 'zod';
import { policyFiles } from '../bundle/bundle-input.ts';
import type { PolicyFile } from '../bundle/complaint.ts';

const ending = /\.(?:cedar|cedarschema|entities\.json)$/;
const mostFiles = 200;
const longestFile = 1_048_576;

/** All policy, schema and entity files of a folder, not of the folders in it. Throws `policy.invalid`. */
export async function readFolder(folder: string): Promise<readonly PolicyFile[]> {
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
    throw new AppError('policy.invalid', { detail: `the policy folder cannot be read: ${why}`, cause });
  }
}

function describe(error: z.ZodError): string {
  const [issue] = error.issues;
  return issue === undefined ? 'not valid' : `file ${issue.path.join('.') || 'list'}: ${issue.message}`;
}
