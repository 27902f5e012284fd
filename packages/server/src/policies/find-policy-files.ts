import type { Context } from '../context.ts';
import type { PolicyFile } from './bundle/complaint.ts';
import { findBundle, readFiles } from './bundle/find-bundle.ts';

/** The files of a version, for the server's own use: nobody is asked whether they may read them. */
export async function findPolicyFiles(
  { store }: Pick<Context, 'store'>,
  version: string,
): Promise<readonly PolicyFile[] | undefined> {
  const row = await findBundle(store.sql, version);
  return row && readFiles(row).map(({ name, text }) => ({ name, text }));
}
