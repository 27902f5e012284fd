import { type Actor, askForSignature } from '../../people/index.ts';
import {
  type LabelContext,
  loadDeclassification,
  requireDeclassifier,
  requireOpen,
} from './declassification.ts';

/** What the browser needs so that the person's passkey signs exactly this. Throws `task.declassification_not_open`. */
export async function beginSigning(context: LabelContext, actor: Actor, id: string) {
  const { person } = requireDeclassifier(actor);
  const row = await loadDeclassification(context.store.sql, id);
  requireOpen(row, await context.tasks.lease(row.task_id), context.platform.now());
  return askForSignature(context, person, row.digest);
}
