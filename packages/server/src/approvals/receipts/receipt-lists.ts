import type { Platform } from '../../platform/platform.ts';
import type { Transaction } from '../../plugins/database/database.ts';

/** Places in a list. A receipt's neighbours say nothing of it: places are taken at random, and half stay empty. */
export const listSize = 131_072;
const mostInList = listSize / 2;

/** A free place for the next receipt. */
export async function choosePlace(
  platform: Pick<Platform, 'randomBytes'>,
  tx: Transaction,
): Promise<{ readonly number: number; readonly list: string; readonly idx: number }> {
  const last = await tx.sql
    .selectFrom('approval_receipts')
    .select((all) => all.fn.max('number').as('number'))
    .executeTakeFirst();
  const number = Number(last?.number ?? 0) + 1;
  const list = String(Math.floor(number / mostInList));
  for (;;) {
    const [high = 0, middle = 0, low = 0] = platform.randomBytes(3);
    const idx = ((high << 16) | (middle << 8) | low) % listSize;
    const taken = await tx.sql
      .selectFrom('approval_receipts')
      .select('number')
      .where('list', '=', list)
      .where('idx', '=', idx)
      .executeTakeFirst();
    if (taken === undefined) return { number, list, idx };
  }
}
