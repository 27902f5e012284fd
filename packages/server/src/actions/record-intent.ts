// Guarantees: what was asked, by whom and for whom, is stated in full; the decision's durable write carries it.
import type { LedgerRecord } from '@countersign/api';
import { type ArgumentSource, parseTraceparent, traceSources } from '@countersign/core';
import type { Context } from '../context.ts';
import type { Classified, Intended } from './stages.ts';

export function recordIntent(context: Context, classified: Classified): Intended {
  const { message, agent, givers, task, token, tool } = classified;
  const trace = message.traceparent === null ? undefined : parseTraceparent(message.traceparent)?.trace;
  const sources = traceSources(task.history.values, message.arguments);
  // Payload members in alphabetical order, here and in the records made from this one: they are written without a sorted copy.
  const intent: LedgerRecord = {
    id: context.platform.newId('rec'),
    kind: 'action.intent',
    at: classified.receivedAt,
    causes: listCauses(task.openedRecord, sources),
    action: classified.id,
    agent: agent.id,
    ...(givers.length === 0 ? {} : { agents: [...givers.map((one) => one.id), agent.id] }),
    body: {
      arguments: message.arguments,
      ...(classified.asked === undefined ? {} : describeAsker(classified.asked)),
      callDigest: classified.callDigest,
      dataDomain: classified.dataDomain,
      effects: classified.effects,
      front: classified.front,
      method: message.method,
      operation: message.operation,
      ...(sources.length === 0 ? {} : { sources }),
      ...(task.history.values.knowsSources ? {} : { sourcesPartial: true }),
      target: message.target,
      ...(tool === null ? {} : { toolDigest: tool.digest }),
      ...(message.traceparent === null ? {} : { traceparent: message.traceparent }),
    },
    chain: task.chainIds,
    key: token.key,
    person: task.rootPersonId,
    task: task.id,
    ...(tool === null ? {} : { tool: tool.name }),
    ...(trace === undefined ? {} : { trace }),
    upstream: classified.upstream,
  };
  return { ...classified, intent } as Intended;
}

/** What taught the values of its arguments may be older than the task it is done in. */
function listCauses(opened: string | null, sources: readonly ArgumentSource[]): readonly string[] {
  if (sources.length === 0) return opened === null ? [] : [opened];
  return [...new Set([...(opened === null ? [] : [opened]), ...sources.map(({ record }) => record)])];
}

function describeAsker({ by, call, through }: NonNullable<Classified['asked']>) {
  return {
    askedBy: by,
    ...(call === undefined ? {} : { askedCall: call }),
    ...(through === undefined ? {} : { askedThrough: through }),
  };
}
