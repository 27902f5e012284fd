import { z } from 'zod';
import type { Context } from '../context.ts';
import { type Actor, requirePermission } from '../people/index.ts';
import type { SecretEntry } from '../plugins/secret-store/secret-store.ts';
import { type Page, pageQuery } from '../wire/page.ts';

export const listSecretsInput = z.strictObject(pageQuery);

/** Names and versions in order of name; there is no way to read a value. */
export async function listSecrets(
  context: Context,
  actor: Actor,
  input: unknown,
): Promise<Page<SecretEntry>> {
  requirePermission(actor, 'secrets.read');
  const { cursor = '', limit } = listSecretsInput.parse(input);
  const rest = (await context.secrets.list()).filter(({ name }) => name > cursor);
  const items = rest.slice(0, limit);
  return { items, next: rest.length > limit ? (items.at(-1)?.name ?? null) : null };
}
