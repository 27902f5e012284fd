import type { CommandDefinition } from '../../command.ts';
import { listChannels } from './channels.ts';
import { showIssuer } from './issuer.ts';
import { listApprovals } from './list.ts';
import { showReceipt } from './receipt.ts';
import { showApproval } from './show.ts';
import { testChannel } from './test-channel.ts';
import { verifyReceiptFile } from './verify.ts';
import { watchApprovals } from './watch.ts';

export const commands: readonly CommandDefinition[] = [
  listApprovals,
  showApproval,
  watchApprovals,
  listChannels,
  testChannel,
  showReceipt,
  verifyReceiptFile,
  showIssuer,
];
