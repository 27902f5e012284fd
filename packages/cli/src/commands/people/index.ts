import type { CommandDefinition } from '../../command.ts';
import { invitePerson } from './invite.ts';
import { leavePerson } from './leave.ts';
import { listPeople } from './list.ts';
import { listPasskeys } from './passkeys.ts';
import { resumePerson } from './resume.ts';
import { returnPerson } from './return.ts';
import { setRoles } from './roles.ts';
import { listSessions } from './sessions.ts';
import { showPerson } from './show.ts';
import { suspendPerson } from './suspend.ts';

export const commands: readonly CommandDefinition[] = [
  listPeople,
  showPerson,
  invitePerson,
  setRoles,
  listSessions,
  listPasskeys,
  suspendPerson,
  resumePerson,
  leavePerson,
  returnPerson,
];
