import type { CommandDefinition } from '../../command.ts';
import { declassifyTask } from './declassify.ts';
import { endTask } from './end.ts';
import { listTasks } from './list.ts';
import { openTask } from './open.ts';
import { resumeTask } from './resume.ts';
import { showTask } from './show.ts';

export const commands: readonly CommandDefinition[] = [
  openTask,
  listTasks,
  showTask,
  resumeTask,
  endTask,
  declassifyTask,
];
