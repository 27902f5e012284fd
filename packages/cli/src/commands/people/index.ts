import type { CommandDefinition } from '../../command.ts';
import { useAuditAccess } from './audit-access.ts';
import { showChannels } from './channels.ts';
import { invitePerson } from './invite.ts';
import { leavePerson } from './leave.ts';
import { listPeople } from './list.ts';
import { listPasskeys } from './passkeys.ts';
import { proveAddress } from './prove-address.ts';
import { setQuietHours } from './quiet-hours.ts';
import { recoverPerson } from './recover.ts';
import { listRecoveries } from './recoveries.ts';
import { resumePerson } from './resume.ts';
import { returnPerson } from './return.ts';
import { setRoles } from './roles.ts';
import { scimTokens } from './scim-tokens.ts';
import { listSessions } from './sessions.ts';
import { setChannel } from './set-channel.ts';
import { showPerson } from './show.ts';
import { suspendPerson } from './suspend.ts';

export const commands: readonly CommandDefinition[] = [
  listPeople,
  showPerson,
  invitePerson,
  setRoles,
  setQuietHours,
  showChannels,
  setChannel,
  proveAddress,
  listSessions,
  listPasskeys,
  recoverPerson,
  listRecoveries,
  suspendPerson,
  resumePerson,
  leavePerson,
  returnPerson,
  scimTokens,
  useAuditAccess,
];
