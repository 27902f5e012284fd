import type { CommandDefinition } from '../../command.ts';
import { amendGrant } from './amend.ts';
import { declassifyTask } from './declassify.ts';
import { endTask } from './end.ts';
import { showGrant } from './grant.ts';
import { listTasks } from './list.ts';
import { narrowGrant } from './narrow.ts';
import { openTask } from './open.ts';
import { replayTask } from './replay.ts';
import { resumeTask } from './resume.ts';
import { showTask } from './show.ts';

export const commands: readonly CommandDefinition[] = [
  openTask,
  listTasks,
  showTask,
  replayTask,
  showGrant,
  amendGrant,
  narrowGrant,
  resumeTask,
  endTask,
  declassifyTask,
];
