import { homedir } from 'node:os';
import { join } from 'node:path';
import { CliError } from '../../cli-error.ts';
import { changeHooks, hookVariable } from '../../clients/claude-code-hooks.ts';
import { readClientFile, replaceClientFile } from '../../clients/client-file.ts';
import type { Session } from '../../session.ts';

export interface HookOptions {
  readonly client: string;
  readonly isProject: boolean;
  readonly file?: string;
  readonly isDryRun: boolean;
  readonly isRemoval: boolean;
  readonly keepsPrompts: boolean;
}

/** Writes the hooks of a client that asks before it uses tools of its own, or takes them out. Throws `CliError`. */
export function connectHooks(session: Session, options: HookOptions): void {
  const { client, isProject, isDryRun, isRemoval, keepsPrompts } = options;
  if (client !== 'claude-code')
    throw new CliError(`${client} has no hooks that the gateway answers`, { fix: 'see docs/hooks.md' });
  const { HOME, USERPROFILE } = session.environment;
  const folder = isProject ? process.cwd() : (HOME ?? USERPROFILE ?? homedir());
  const path = options.file ?? join(folder, '.claude', 'settings.json');
  const before = readClientFile(path);
  const after = changeHooks(before, path, isRemoval ? null : { server: session.serverUrl(), keepsPrompts });
  if (isDryRun) {
    session.print.text(after.trimEnd());
    session.print.note('Nothing was changed.');
    return;
  }
  if (after === before) {
    session.print.note(`${path} stays as it is.`);
    return;
  }
  replaceClientFile(path, before, after);
  session.print.note(`${path} is written.`);
  if (isRemoval) return;
  session.print.note(
    `Start Claude Code with ${hookVariable} set to the secret of a hook: countersign tokens add-hook.`,
  );
  if (isProject)
    session.print.note('The agent can write this file: managed settings it cannot (docs/hooks.md).');
}
