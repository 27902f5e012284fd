import { defineCommand } from '../../command.ts';
import { type Duty, dutyFields } from './duty.ts';

export const endDuty = defineCommand({
  usage: 'end-duty <duty>',
  summary: 'let nobody stand in any longer, at once',
  async run(session, _options, id = '') {
    const path = `/v1/approvals/duties/${encodeURIComponent(id)}/end`;
    session.print.item(await session.api().send<Duty>('POST', path, {}), dutyFields);
    return undefined;
  },
});
