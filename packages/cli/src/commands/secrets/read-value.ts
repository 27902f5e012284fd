import { readTextFile } from '../../parse-options.ts';
import { readStandardInput, type Session } from '../../session.ts';

const mostBytes = 16_384;

/**
 * From a file or standard input; one last line break is not part of it. Never from an argument: arguments are in the
 * shell's history and visible to every process of the machine.
 */
export async function readValue(session: Session, file: string | undefined): Promise<string> {
  const text = file === undefined ? await readStandardInput(session.streams, mostBytes) : readTextFile(file);
  return text.replace(/\r?\n$/, '');
}
