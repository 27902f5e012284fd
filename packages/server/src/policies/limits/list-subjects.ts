import type { LimitSubject } from '@countersign/core';
import type { DecisionRequest } from '../policy-state.ts';

export type LimitedRequest = Pick<DecisionRequest, 'agent' | 'task' | 'upstream' | 'tool' | 'operation'>;

/**
 * Whose counters an action takes from. Every delegation of the chain, and every task that the task works for, so that
 * passing authority on makes nothing more of a limit.
 */
export function listSubjects(per: LimitSubject, request: LimitedRequest): readonly string[] {
  const { agent, task, upstream, tool, operation } = request;
  switch (per) {
    case 'agent':
      return [agent.id];
    case 'owner':
      return [agent.ownerId];
    case 'task':
      return [task.id, ...task.parentIds];
    case 'delegation':
      return task.chainIds;
    case 'tool':
      return [`${upstream}/${tool === null ? `@${operation}` : tool.name}`];
  }
}
