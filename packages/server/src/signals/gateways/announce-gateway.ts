import { AppError } from '@countersign/api';
import type { Context } from '../../context.ts';

/**
 * Says which gateway this is, for the others of its database. All of them are one deployment to whoever asks: they must be
 * known by one public URL, to which tokens, proofs and passkeys are bound. Throws `config.invalid`.
 */
export async function announceGateway(
  { store, config, platform }: Pick<Context, 'config' | 'platform' | 'store'>,
  release: string,
): Promise<void> {
  const { seat } = store;
  if (!seat.isShared) return;
  const { publicUrl } = config.server;
  const live = await store.listLiveStreams();
  await store.transaction(async (tx) => {
    const others = await tx.sql
      .selectFrom('ledger_streams')
      .select('public_url')
      .where('number', 'in', [...live, seat.stream])
      .where('number', '<>', seat.stream)
      .execute();
    const other = others.find(({ public_url }) => public_url !== null && public_url !== publicUrl);
    if (other !== undefined) {
      const detail = `the gateways of this database are known as ${other.public_url}, server.publicUrl is ${publicUrl}`;
      throw new AppError('config.invalid', { detail });
    }
    await tx.sql
      .updateTable('ledger_streams')
      .set({ public_url: publicUrl, release, started_at: platform.now() })
      .where('number', '=', seat.stream)
      .where('holder', '=', seat.holder)
      .execute();
  });
}
