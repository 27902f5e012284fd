import { defineCommand } from '../../command.ts';
import { type ErasureFacts, erasureFields } from './erasure-facts.ts';

export const cancelErasure = defineCommand({
  usage: 'cancel-erasure <erasure>',
  summary: 'nobody can sign it any more; what was erased stays erased',
  async run(session, _options, id = '') {
    const path = `/v1/ledger/erasures/${encodeURIComponent(id)}/cancel`;
    session.print.item(await session.api().send<ErasureFacts>('POST', path, {}), erasureFields);
    return undefined;
  },
});
