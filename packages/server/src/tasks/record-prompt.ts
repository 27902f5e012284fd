import { replaceSecrets } from '@countersign/core';
import type { Context } from '../context.ts';
import { sha256 } from '../platform/sha256.ts';
import type { Transaction } from '../plugins/database/database.ts';

interface Given {
  readonly taskId: string;
  readonly agentId: string;
  readonly prompt: string;
  readonly causes: readonly string[];
}

/**
 * Records what the agent said that it was asked, and returns the id of the record. It has one of its own: it is kept and
 * erased like all else that was said, apart from what was opened and decided on it.
 */
export function recordPrompt(
  { platform }: Pick<Context, 'platform'>,
  tx: Transaction,
  { taskId, agentId, prompt, causes }: Given,
): string {
  const id = platform.newId('rec');
  tx.record({
    ...{ id, kind: 'task.prompt_given', at: platform.now(), causes, agent: agentId, task: taskId },
    // Nobody needs the credentials that people paste into prompts to see what was asked.
    body: {
      by: agentId,
      prompt: replaceSecrets(prompt.toWellFormed(), '[left out: a secret]'),
      promptDigest: sha256(prompt),
    },
  });
  return id;
}
