import type { Context } from '../context.ts';
import { type Actor, nameActor } from '../people/index.ts';

/** Puts on record that somebody took records away, and which, before they get them. Returns the record. */
export async function recordExport(
  { store, platform }: Pick<Context, 'store' | 'platform'>,
  actor: Actor,
  what: Readonly<Record<string, string | number | null>>,
): Promise<string> {
  const id = platform.newId('rec');
  await store.append([
    {
      id,
      kind: 'ledger.exported',
      at: platform.now(),
      causes: [],
      ...(actor.kind === 'person' ? { person: actor.person } : {}),
      body: { by: nameActor(actor), ...what },
    },
  ]);
  return id;
}
