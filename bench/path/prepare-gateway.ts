import { readFile } from 'node:fs/promises';
import { activateBundle, addUpstream, type Context } from '@countersign/server/parts';

export const upstreamName = 'orders';
const starters = ['base.cedar', 'files.cedar', 'payments.cedar'];
const starterFolder = new URL('../../packages/server/src/policies/starter/', import.meta.url);

/** Puts the upstream and the policies in force that the calls of the bench meet. */
export async function prepareGateway(context: Context, upstreamPort: number): Promise<void> {
  const operator = { kind: 'operator' } as const;
  await addUpstream(context, operator, {
    name: upstreamName,
    kind: 'mcp-http',
    settings: { url: `http://127.0.0.1:${upstreamPort}/`, allowPrivate: true },
  });
  const files = starters.map((name) => ({ name, url: new URL(name, starterFolder) }));
  files.push({ name: 'orders.cedar', url: new URL('orders.cedar', import.meta.url) });
  await activateBundle(context, operator, {
    files: await Promise.all(
      files.map(async ({ name, url }) => ({ name, text: await readFile(url, 'utf8') })),
    ),
  });
}
