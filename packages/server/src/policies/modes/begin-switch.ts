import { type Actor, askForSignature } from '../../people/index.ts';
import type { PolicyContext } from '../activate-bundle.ts';
import { requireSwitcher } from './get-mode-change.ts';
import { loadModeChange, requireOpenChange } from './mode-change.ts';

/**
 * What the browser needs so that the person's passkey signs exactly this change: the challenge is its digest. Throws
 * `policy.mode_change_not_open`.
 */
export async function beginSwitch(context: PolicyContext, actor: Actor, id: string) {
  const { person } = requireSwitcher(actor);
  const row = await loadModeChange(context.store.sql, id);
  requireOpenChange(context, row);
  return askForSignature(context, person, row.digest);
}
