import { open, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError } from '@countersign/api';
import type { Context } from '../../context.ts';
import type { KnownDrill } from './drill-schema.ts';
import { readDrill } from './read-drill.ts';

// From source and from the built files alike: the drills are shipped as they are.
const shipped = new URL('../../../src/exposure/drills/built-in/', import.meta.url);
const mostFiles = 200;
const longestFile = 262_144;
const drillFile = /^[a-z0-9][a-z0-9._-]{0,99}\.ya?ml$/;

/** Every drill that is shipped. */
export async function readBuiltIn(): Promise<readonly KnownDrill[]> {
  const names = (await readdir(shipped)).filter((name) => drillFile.test(name)).sort();
  return Promise.all(
    names.map(async (name) =>
      readDrill({ name, text: await readFile(new URL(name, shipped), 'utf8') }, 'built-in'),
    ),
  );
}

/** Shipped ones, and those in the folder `drills` of the data folder. Throws `exposure.drill_invalid`. */
export async function findDrills({ config }: Pick<Context, 'config'>): Promise<readonly KnownDrill[]> {
  const folder = config.exposure.drillsFolder ?? join(config.data.folder, 'drills');
  const names = (await readdir(folder).catch(() => [])).filter((name) => drillFile.test(name)).sort();
  if (names.length > mostFiles)
    throw new AppError('exposure.drill_invalid', { detail: `more than ${mostFiles} files of drills` });
  const own = await Promise.all(
    names.map(async (name) => readDrill({ name, text: await readBounded(join(folder, name)) }, 'folder')),
  );
  return requireNamedOnce([...(await readBuiltIn()), ...own]);
}

/** Never more than a drill may have, whatever the file is. */
async function readBounded(path: string): Promise<string> {
  const file = await open(path, 'r');
  try {
    const bytes = Buffer.alloc(longestFile);
    const { bytesRead } = await file.read(bytes, 0, longestFile, 0);
    return bytes.subarray(0, bytesRead).toString('utf8');
  } finally {
    await file.close();
  }
}

/** A drill that could take the name of another one could hide it. */
export function requireNamedOnce(drills: readonly KnownDrill[]): readonly KnownDrill[] {
  const names = drills.map(({ drill }) => drill.drill);
  const twice = names.find((name, at) => names.indexOf(name) !== at);
  if (twice !== undefined)
    throw new AppError('exposure.drill_invalid', { detail: `two drills are named "${twice}"` });
  return drills;
}

/** Throws `exposure.drill_not_found`. */
export function pickDrills(
  drills: readonly KnownDrill[],
  wanted: readonly string[] | undefined,
): readonly KnownDrill[] {
  if (wanted === undefined) return drills;
  return wanted.map((name) => {
    const found = drills.find(({ drill }) => drill.drill === name);
    if (found === undefined) throw new AppError('exposure.drill_not_found', { detail: name });
    return found;
  });
}
