import type { CommandDefinition } from '../../command.ts';
import { addOrganisation } from './add.ts';
import { changeOrganisation } from './change.ts';
import { cutOffOrganisation } from './cut-off.ts';
import { listOrganisations } from './list.ts';
import { restoreOrganisation } from './restore.ts';
import { showOrganisation } from './show.ts';

export const commands: readonly CommandDefinition[] = [
  addOrganisation,
  listOrganisations,
  showOrganisation,
  changeOrganisation,
  cutOffOrganisation,
  restoreOrganisation,
];
