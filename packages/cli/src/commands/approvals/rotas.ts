import { defineCommand } from '../../command.ts';
import { type Rota, rotaFields } from './rota.ts';

export const listRotas = defineCommand({
  usage: 'rotas',
  summary: 'who takes turns on call, and whose turn it is',
  async run(session) {
    const { items } = await session.api().get<{ items: readonly Rota[] }>('/v1/approvals/rotas');
    session.print.rows(items, rotaFields, 'nobody takes turns');
    return undefined;
  },
});
