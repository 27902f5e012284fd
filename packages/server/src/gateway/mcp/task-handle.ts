import { AppError } from '@countersign/api';
import type { Obligations } from '@countersign/core';
import type { MasterKey } from '../../platform/master-key.ts';

const purpose = 'mcp.task';

interface Holder {
  readonly agent: string;
  readonly upstream: string;
}

/** An upstream's task, and what the call owed that began it: its answers come with the task's. */
export interface HeldTask {
  readonly taskId: string;
  readonly owed: Obligations;
}

const longestHandle = 6_000;

/**
 * An upstream's task as the agent may hold it: of no use to another agent or at another upstream. Throws
 * `action.obligation_unmet` when what it owes is more than a handle can carry.
 */
export function sealTaskHandle(masterKey: MasterKey, task: HeldTask, holder: Holder): string {
  const handle = masterKey.seal(JSON.stringify(task), bind(holder));
  if (handle.length > longestHandle) throw new AppError('action.obligation_unmet');
  return handle;
}

/** Throws `action.resource_unknown` for a handle that is not this agent's at this upstream. */
export function openTaskHandle(masterKey: MasterKey, handle: string, holder: Holder): HeldTask {
  try {
    return JSON.parse(masterKey.open(handle, bind(holder))) as HeldTask;
  } catch {
    throw new AppError('action.resource_unknown');
  }
}

function bind({ agent, upstream }: Holder): string {
  return `${purpose} ${agent} ${upstream}`;
}
