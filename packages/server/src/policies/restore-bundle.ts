import type { PolicyContext } from './activate-bundle.ts';
import { digestFiles } from './bundle/bundle-input.ts';
import { compileBundle } from './bundle/compile-bundle.ts';
import { writeComplaint, writeComplaints } from './bundle/complaint.ts';
import { type BundleRow, readFiles } from './bundle/find-bundle.ts';
import { createLiveBundle } from './decide/live-bundle.ts';
import { listPinnedTools } from './list-pinned-tools.ts';

/**
 * Puts a bundle back in force after a start. Tools may have come and gone since it was activated: then each tool is
 * checked by itself, and one that a policy does not fit is denied. Throws when the bundle cannot be read at all.
 */
export async function restoreBundle(context: PolicyContext, row: BundleRow): Promise<void> {
  const files = readFiles(row);
  const tools = listPinnedTools(context.upstreams);
  const { policies, declared, isReadable, errors } = await compileBundle(files, tools);
  if (!isReadable) throw new Error(writeComplaints(errors));
  for (const error of errors)
    context.log.warn(
      { complaint: writeComplaint(error), version: row.version },
      'a policy no longer fits the tools',
    );
  const validated = errors.length === 0 ? { validatedWith: tools } : {};
  const bundle = createLiveBundle({
    version: row.version,
    digest: digestFiles(files),
    policies,
    declared,
    ...validated,
  });
  try {
    await bundle.warm(tools);
  } catch (error) {
    bundle.release();
    throw error;
  }
  context.policies.install(bundle);
}
