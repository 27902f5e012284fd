import type { CommandDefinition } from '../../command.ts';
import { showAttention } from './attention.ts';
import { breakGlass } from './break-glass.ts';
import { listChannels } from './channels.ts';
import { listDuties } from './duties.ts';
import { endDuty } from './end-duty.ts';
import { endGrant } from './end-grant.ts';
import { giveDuty } from './give-duty.ts';
import { listGlass } from './glass.ts';
import { listGrants } from './grants.ts';
import { showIssuer } from './issuer.ts';
import { listApprovals } from './list.ts';
import { overrideRota } from './override-rota.ts';
import { showReceipt } from './receipt.ts';
import { listRotas } from './rotas.ts';
import { setRota } from './set-rota.ts';
import { showApproval } from './show.ts';
import { testChannel } from './test-channel.ts';
import { verifyReceiptFile } from './verify.ts';
import { watchApprovals } from './watch.ts';

export const commands: readonly CommandDefinition[] = [
  listApprovals,
  showApproval,
  listGrants,
  endGrant,
  watchApprovals,
  listChannels,
  testChannel,
  showReceipt,
  verifyReceiptFile,
  showIssuer,
  listRotas,
  setRota,
  overrideRota,
  listDuties,
  giveDuty,
  endDuty,
  breakGlass,
  listGlass,
  showAttention,
];
