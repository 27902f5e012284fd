import { AppError } from '@countersign/api';
import type { Context } from '../context.ts';
import { signJws } from './own-jws.ts';

export const acknowledgementType = 'countersign-acknowledgement+jwt';
const lifeSeconds = 300;

/**
 * Says, signed, under which record an assertion of another organisation was taken here. Whoever asks names the digest of
 * issuer and id of the assertion, which only those know who have seen it. Throws `server.not_found`.
 */
export async function acknowledgeAssertion(
  { platform, store, tokens }: Pick<Context, 'platform' | 'store' | 'tokens'>,
  digest: string,
): Promise<string> {
  if (!/^[\w-]{43}$/.test(digest)) throw new AppError('server.not_found');
  const row = await store.sql
    .selectFrom('organisation_assertions')
    .select(['record', 'issuer'])
    .where('digest', '=', digest)
    .executeTakeFirst();
  if (row === undefined || row.record === null || row.issuer === null) throw new AppError('server.not_found');
  const iat = Math.floor(platform.now() / 1000);
  return signJws(tokens.signingKeys.current(), acknowledgementType, {
    ...{ iss: tokens.issuer, aud: row.issuer, iat, exp: iat + lifeSeconds },
    ...{ assertion: digest, countersign_record: row.record },
  });
}
