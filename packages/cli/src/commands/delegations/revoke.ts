import { defineCommand } from '../../command.ts';
import { type Delegation, delegationFields } from './delegation.ts';

interface Revoked extends Delegation {
  readonly ended: readonly string[];
  readonly endedTasks: readonly string[];
  readonly cut: readonly string[];
}

export const revokeDelegation = defineCommand<{ reason?: string }>({
  usage: 'revoke <delegation>',
  summary: 'end a delegation and all below it, calls in flight too',
  options: [{ flags: '--reason <text>', summary: 'kept as evidence' }],
  async run(session, { reason }, id = '') {
    const path = `/v1/delegations/${encodeURIComponent(id)}/revoke`;
    const revoked = await session.api().send<Revoked>('POST', path, reason === undefined ? {} : { reason });
    session.print.item(revoked, [
      ...delegationFields,
      ['ENDED', ({ ended }) => ended],
      ['TASKS', ({ endedTasks }) => endedTasks],
      ['CALLS CUT', ({ cut }) => cut],
    ]);
    return undefined;
  },
});
