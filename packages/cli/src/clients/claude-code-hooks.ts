import { applyEdits, modify } from 'jsonc-parser';
import { CliError } from '../cli-error.ts';
import { own, readJson } from './server-entries.ts';

/** The variable from which the client takes the secret of the hook. */
export const hookVariable = 'COUNTERSIGN_HOOK';

const events = ['PreToolUse', 'PostToolUse', 'PostToolUseFailure', 'UserPromptSubmit', 'SessionEnd'] as const;
const timeoutSeconds = 60;
const waitSeconds = 50;

export interface ClaudeHookOptions {
  readonly server: string;
  /** Whether what policy allows is asked at the terminal as before. */
  readonly keepsPrompts: boolean;
}

/** Claude Code's settings with our hooks in place of any we wrote before; `null` takes them out. Throws `CliError`. */
export function changeHooks(text: string, path: string, options: ClaudeHookOptions | null): string {
  let changed = text.trim() === '' ? '{}\n' : text;
  for (const event of events) {
    const others = listOthers(changed, path, event);
    const groups = options === null ? others : [...others, describeGroup(event, options)];
    const value = groups.length === 0 ? undefined : groups;
    if (value === undefined && readGroups(changed, path, event) === undefined) continue;
    const formattingOptions = { insertSpaces: !/^\t/m.test(changed), tabSize: 2 };
    changed = applyEdits(changed, modify(changed, ['hooks', event], value, { formattingOptions }));
  }
  return changed;
}

function describeGroup(event: (typeof events)[number], { server, keepsPrompts }: ClaudeHookOptions): object {
  // The server cannot take it from a body that it cannot read.
  const call = event === 'PreToolUse' ? `&wait=${waitSeconds}${keepsPrompts ? '&allowed=defer' : ''}` : '';
  const hook = {
    type: 'http',
    url: `${server}/hooks/claude?event=${event}${call}`,
    timeout: timeoutSeconds,
    onFailure: 'block',
    headers: { Authorization: `Bearer $${hookVariable}` },
    allowedEnvVars: [hookVariable],
  };
  return event.includes('Tool') ? { matcher: '*', hooks: [hook] } : { hooks: [hook] };
}

function listOthers(text: string, path: string, event: string): readonly unknown[] {
  const groups = readGroups(text, path, event) ?? [];
  if (!Array.isArray(groups)) throw new CliError(`${path}: hooks.${event} is no list`);
  return groups.filter((group) => !JSON.stringify(group).includes('/hooks/claude'));
}

function readGroups(text: string, path: string, event: string): unknown {
  return own(own(readJson(text, path), 'hooks'), event);
}
