import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** Everything of the demo that is a file lies here. */
export const demoFolder = (dataFolder: string): string => join(dataFolder, 'demo');
export const demoKeyFile = (dataFolder: string): string => join(demoFolder(dataFolder), 'agent.key');
export const demoFinishedFile = (dataFolder: string): string => join(demoFolder(dataFolder), 'finished');

export function isDemoFinished(dataFolder: string): boolean {
  return existsSync(demoFinishedFile(dataFolder));
}
