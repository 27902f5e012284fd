import { defineCommand } from '../../command.ts';
import { parseCount } from '../../parse-options.ts';
import { copyFields, type KeyCopyFacts } from './key-copy-facts.ts';

export const listKeyCopies = defineCommand<{ destroyed?: number }>({
  usage: 'key-copies',
  summary: 'copies of the evidence keys, and which of them can open what was erased',
  options: [{ flags: '--destroyed <number>', summary: 'say that this copy is no more', parse: parseCount }],
  examples: ['ledger key-copies', 'ledger key-copies --destroyed 1'],
  async run(session, { destroyed }) {
    if (destroyed !== undefined)
      await session.api().send('POST', `/v1/ledger/key-copies/${destroyed}/destroyed`, {});
    const { items } = await session.api().get<{ items: readonly KeyCopyFacts[] }>('/v1/ledger/key-copies');
    session.print.rows(items, copyFields, 'no copy was made');
    return undefined;
  },
});
