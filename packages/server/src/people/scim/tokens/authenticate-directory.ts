import { timingSafeEqual } from 'node:crypto';
import { AppError } from '@countersign/api';
import type { Context } from '../../../context.ts';
import { sha256 } from '../../../platform/sha256.ts';
import type { ScimRequest } from '../scim-request.ts';

const noteEveryMilliseconds = 60_000;

export type Directory = Pick<ScimRequest, 'directory' | 'mayKeepAgents' | 'actor'> & {
  readonly tokenId: string;
};

/** Hostile. Who sends the request. Throws `person.scim_token_invalid`. */
export async function authenticateDirectory(
  { platform, store }: Pick<Context, 'platform' | 'store'>,
  authorization: string | undefined,
): Promise<Directory> {
  const refused = () =>
    new AppError('person.scim_token_invalid', { headers: { 'www-authenticate': 'Bearer realm="scim"' } });
  const parsed = /^bearer +(sct_[0-9A-Z]{26})\.([\w-]{43})$/i.exec(authorization ?? '');
  const [, id = '', secret = ''] = parsed ?? [];
  if (parsed === null) throw refused();
  const row = await store.sql.selectFrom('scim_tokens').selectAll().where('id', '=', id).executeTakeFirst();
  const now = platform.now();
  if (row === undefined || row.removed_at !== null || row.expires_at <= now) throw refused();
  if (!timingSafeEqual(Buffer.from(sha256(secret)), Buffer.from(row.digest))) throw refused();
  if (now - (row.last_used_at ?? 0) >= noteEveryMilliseconds)
    await store.sql.updateTable('scim_tokens').set({ last_used_at: now }).where('id', '=', id).execute();
  return {
    tokenId: id,
    directory: row.directory,
    mayKeepAgents: row.agents === 1,
    actor: { kind: 'system', part: `scim:${row.directory}` },
  };
}
