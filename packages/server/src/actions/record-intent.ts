// Guarantees: what was asked, by whom and for whom, is stated in full; the decision's durable write carries it.
import type { LedgerRecord } from '@countersign/api';
import type { Context } from '../context.ts';
import type { Classified, Intended } from './stages.ts';

export function recordIntent(context: Context, classified: Classified): Intended {
  const { message, agent, task, token, tool } = classified;
  const intent: LedgerRecord = {
    id: context.platform.newId('rec'),
    kind: 'action.intent',
    at: classified.receivedAt,
    causes: task.openedRecord === null ? [] : [task.openedRecord],
    action: classified.id,
    agent: agent.id,
    key: token.key,
    task: task.id,
    person: task.rootPersonId,
    chain: task.chainIds,
    upstream: classified.upstream,
    ...(tool === null ? {} : { tool: tool.name }),
    body: {
      front: classified.front,
      method: message.method,
      operation: message.operation,
      target: message.target,
      arguments: message.arguments,
      effects: classified.effects,
      dataDomain: classified.dataDomain,
      callDigest: classified.callDigest,
      ...(tool === null ? {} : { toolDigest: tool.digest }),
      ...(message.traceparent === null ? {} : { traceparent: message.traceparent }),
    },
  };
  return { ...classified, intent } as Intended;
}
