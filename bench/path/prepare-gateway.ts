import { readdir, readFile } from 'node:fs/promises';
import { activateBundle, addUpstream, type Context, classifyTool } from '@countersign/server/parts';

export const upstreamName = 'orders';
const starterFolder = new URL('../../packages/server/src/policies/starter/', import.meta.url);
/** Which of them look at where values come from. */
const containing = ['containment.cedar', 'sequences.cedar'];

export interface Preparation {
  readonly upstreamPort: number;
  /** With the tool confirmed as one that changes things, and the policies that look at where values come from or without. */
  readonly containment?: 'on' | 'off';
}

/** Puts the upstream and the policies in force that the calls of the bench meet. */
export async function prepareGateway(context: Context, prepared: Preparation): Promise<void> {
  const operator = { kind: 'operator' } as const;
  await addUpstream(context, operator, {
    name: upstreamName,
    kind: 'mcp-http',
    settings: { url: `http://127.0.0.1:${prepared.upstreamPort}/`, allowPrivate: true },
  });
  if (prepared.containment !== undefined) await confirmTool(context);
  const starters = (await readdir(starterFolder)).filter((name) => name.endsWith('.cedar'));
  const inForce = starters.filter((name) => prepared.containment !== 'off' || !containing.includes(name));
  const files = inForce.map((name) => ({ name, url: new URL(name, starterFolder) }));
  files.push({ name: 'orders.cedar', url: new URL('orders.cedar', import.meta.url) });
  await activateBundle(context, operator, {
    files: await Promise.all(
      files.map(async ({ name, url }) => ({ name, text: await readFile(url, 'utf8') })),
    ),
  });
}

/** The same upstream once more under another name, unless it is there. */
export async function addCopy(context: Context, name: string, upstreamPort: number): Promise<void> {
  if (context.upstreams.find(name) !== undefined) return;
  const settings = { url: `http://127.0.0.1:${upstreamPort}/`, allowPrivate: true };
  await addUpstream(context, { kind: 'operator' }, { name, kind: 'mcp-http', settings });
}

/** What it is given is looked at, and what it answers is written by strangers. */
async function confirmTool(context: Context): Promise<void> {
  await classifyTool(
    context,
    { kind: 'operator' },
    {
      upstream: upstreamName,
      tool: 'look_up',
      effects: ['write'],
      dataDomain: 'orders',
      argumentRoles: [
        { pointer: '/order', role: 'target' },
        { pointer: '/lines', role: 'amount' },
        { pointer: '/note', role: 'content' },
      ],
      resultLabels: { trust: 'untrusted', sensitivity: 'internal', audience: 'anyone', fields: [] },
    },
  );
}
