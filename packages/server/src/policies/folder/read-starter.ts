import { readFile } from 'node:fs/promises';
import type { PolicyFile } from '../bundle/complaint.ts';

const names = ['base.cedar', 'containment.cedar', 'files.cedar', 'payments.cedar', 'risk.cedar'];
// From source and from the built files alike: the starter policies are shipped as they are.
const folder = new URL('../../../src/policies/starter/', import.meta.url);

/** The policies in force until somebody activates others. They name no tool's action, so they fit whatever upstreams there are. */
export async function readStarter(): Promise<readonly PolicyFile[]> {
  return Promise.all(
    names.map(async (name) => ({ name, text: await readFile(new URL(name, folder), 'utf8') })),
  );
}
