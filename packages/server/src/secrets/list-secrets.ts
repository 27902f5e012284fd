import { z } from 'zod';
import type { Context } from '../context.ts';
import { type Actor, requirePermission } from '../people/index.ts';
import { isReservedSecret } from '../plugins/secret-store/reserved-secrets.ts';
import { type Page, pageQuery } from '../wire/page.ts';
import { type SecretView, viewSecret } from './secret-view.ts';

export const listSecretsInput = z.strictObject(pageQuery);

/** Names, versions and ages in order of name; there is no way to read a value. */
export async function listSecrets(context: Context, actor: Actor, input: unknown): Promise<Page<SecretView>> {
  requirePermission(actor, 'secrets.read');
  const { cursor = '', limit } = listSecretsInput.parse(input);
  const rest = (await context.secrets.list()).filter(({ name }) => name > cursor && !isReservedSecret(name));
  const items = rest.slice(0, limit).map((entry) => viewSecret(context, entry));
  return { items, next: rest.length > limit ? (items.at(-1)?.name ?? null) : null };
}
