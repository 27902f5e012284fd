import { type Actor, nameActor } from '../people/index.ts';
import type { PolicyContext } from './activate-bundle.ts';

/** Says in the ledger that a bundle was kept out of force, who wanted it, and why. */
export async function recordRefusedBundle(
  context: PolicyContext,
  actor: Actor,
  body: { readonly digest: string } & Readonly<Record<string, unknown>>,
): Promise<void> {
  await context.store.append([
    {
      id: context.platform.newId('rec'),
      kind: 'policy.refused',
      at: context.platform.now(),
      causes: [],
      ...(actor.kind === 'person' ? { person: actor.person } : {}),
      body: { by: nameActor(actor), ...body },
    },
  ]);
}
