import { splitWords } from '../../actions/name-words.ts';
import type { ArgumentRole, Origin } from '../../actions/provenance/index.ts';
import type { GrantArgument, GrantEntry, GrantTool, TaskGrant } from './task-grant.ts';

export interface GrantSourceText {
  /** Hostile input: only its first 16 KiB are read. */
  readonly prompt: string;
  readonly tools: readonly GrantTool[];
  /** Epoch milliseconds; null: the grant ends with its task. */
  readonly expiresAt: number | null;
}

const LONGEST_PROMPT = 16_384;
/** Whatever nobody hostile can have chosen. */
const PROVEN: readonly Origin[] = ['prompt', 'plan', 'delegation', 'trusted'];
/** What is written may be drawn from what was read, as long as it goes where it was meant to go. */
const WRITTEN: readonly Origin[] = [...PROVEN, 'untrusted', 'model'];

/** The calls that the words of a prompt call for. The same prompt and tools always give the same grant. */
export function deriveGrant({ prompt, tools, expiresAt }: GrantSourceText): TaskGrant {
  const said = new Set(splitProse(prompt.slice(0, LONGEST_PROMPT)));
  const entries: GrantEntry[] = [];
  for (const { tool, definition, roles } of tools) {
    const word = splitWords(definition.name).find((part) => part.length > 2 && said.has(part));
    if (word === undefined) continue;
    entries.push({
      id: `g${entries.length + 1}`,
      tool,
      arguments: roles.map(grantArgument),
      asks: false,
      source: 'prompt',
      because: `the prompt says "${word}"`,
      uses: null,
    });
  }
  return { entries, reading: 'plan', expiresAt };
}

function splitProse(prompt: string): readonly string[] {
  return prompt
    .normalize('NFKC')
    .toLowerCase()
    .split(/[^a-z]+/);
}

function grantArgument({ pointer, role }: ArgumentRole): GrantArgument {
  return { pointer, role, values: [], origins: role === 'content' ? WRITTEN : PROVEN, refused: [] };
}
