import { deriveEntry } from './derive-entry.ts';
import { readPrompt } from './prompt/read-prompt.ts';
import { readTool } from './read-tool.ts';
import type { GrantEntry, GrantTool, TaskGrant } from './task-grant.ts';

export interface GrantSourceText {
  /** Hostile input: only its first 16 KiB are read. */
  readonly prompt: string;
  readonly tools: readonly GrantTool[];
  /** Epoch milliseconds; null: the grant ends with its task. */
  readonly expiresAt: number | null;
}

const LONGEST_PROMPT = 16_384;

/** The calls that the words of a prompt call for. The same prompt and tools always give the same grant. */
export function deriveGrant({ prompt, tools, expiresAt }: GrantSourceText): TaskGrant {
  const read = readPrompt(prompt.slice(0, LONGEST_PROMPT).normalize('NFKC'));
  const readTools = tools.map((tool) => ({ ...tool, read: readTool(tool.definition) }));
  const entries: GrantEntry[] = [];
  for (const tool of readTools) {
    const entry = deriveEntry(tool, { prompt: read, tools: readTools });
    if (entry !== undefined) entries.push({ id: `g${entries.length + 1}`, ...entry });
  }
  const reading = read.isDelegating ? 'delegates' : read.isUnderstood ? 'plan' : 'unclear';
  return { entries, reading, expiresAt };
}
