import { expect, it } from 'vitest';
import { openTestStore } from './open-test-store.ts';
import { hideValue, writeBlockSeqs } from './value-pages.ts';
import { ValueReader } from './value-reader.ts';

const perBlock = 16_384;
const blocks = 200;
const value = 'de89370400440532013000';

it('search.values-at-scale: finds a value in whichever of many blocks it stands', async () => {
  const { store, remove } = await openTestStore();
  const { keys } = store.keyring;
  const seqs = [0, 63, 64, 127, 128, blocks - 1].map((block) => block * perBlock + 7);
  for (const seq of seqs) {
    const block = Math.floor(seq / perBlock);
    const key = keys.deriveIndexKey(block);
    if (key === undefined) throw new Error(`block ${block} has no key`);
    const page = { block, term: hideValue(key, value), first_seq: seq, seqs: writeBlockSeqs(block, [seq]) };
    await store.sql.insertInto('ledger_value_pages').values(page).execute();
  }
  const newest = blocks * perBlock;
  const reader = new ValueReader({ sql: store.sql, keys }, value, { start: 0, newest });
  expect(await reader.readBefore(newest)).toEqual({ seqs: seqs.toReversed(), floor: 0 });
  expect(await reader.readBetween(0, newest)).toEqual(new Set(seqs));
  const absent = new ValueReader({ sql: store.sql, keys }, 'nothing', { start: 0, newest });
  expect(await absent.readBefore(newest)).toEqual({ seqs: [], floor: 0 });
  await remove();
});
