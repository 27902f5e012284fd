import type { CommandDefinition } from '../../command.ts';
import { listSecrets } from './list.ts';
import { removeSecret } from './remove.ts';
import { reportSecrets } from './report.ts';
import { rotateSecret } from './rotate.ts';
import { setSecret } from './set.ts';
import { trustRestored } from './trust-restored.ts';

export const commands: readonly CommandDefinition[] = [
  setSecret,
  rotateSecret,
  listSecrets,
  reportSecrets,
  removeSecret,
  trustRestored,
];
