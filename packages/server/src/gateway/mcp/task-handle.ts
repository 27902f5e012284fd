import { AppError } from '@countersign/api';
import type { MasterKey } from '../../platform/master-key.ts';

const purpose = 'mcp.task_handle';

interface Holder {
  readonly agent: string;
  readonly upstream: string;
}

/** An upstream's task id as the agent may hold it: of no use to another agent or at another upstream. */
export function sealTaskHandle(masterKey: MasterKey, taskId: string, holder: Holder): string {
  return masterKey.seal(taskId, bind(holder));
}

/** Throws `action.resource_unknown` for a handle that is not this agent's at this upstream. */
export function openTaskHandle(masterKey: MasterKey, handle: string, holder: Holder): string {
  try {
    return masterKey.open(handle, bind(holder));
  } catch {
    throw new AppError('action.resource_unknown');
  }
}

function bind({ agent, upstream }: Holder): string {
  return `${purpose} ${agent} ${upstream}`;
}
