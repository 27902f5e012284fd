import { deriveEntry } from './derive-entry.ts';
import { readPrompt } from './prompt/read-prompt.ts';
import { readTool } from './read-tool.ts';
import { type GrantTool, MOST_GRANT_ENTRIES, type TaskGrant } from './task-grant.ts';

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
  const derived = readTools.flatMap((tool) => deriveEntry(tool, { prompt: read, tools: readTools }) ?? []);
  const isWhole = derived.length <= MOST_GRANT_ENTRIES;
  // Of more than a grant holds, those that cover calls come first; for the others people are asked all the same.
  const kept = isWhole ? derived : [...derived].sort((a, b) => Number(a.asks) - Number(b.asks));
  const entries = kept
    .slice(0, MOST_GRANT_ENTRIES)
    .map((entry, index) => ({ id: `g${index + 1}`, ...entry }));
  const reading = !isWhole || !read.isUnderstood ? 'unclear' : read.isDelegating ? 'delegates' : 'plan';
  return { entries, reading, expiresAt };
}
