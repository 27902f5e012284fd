// Guarantees: what was asked, by whom and for whom, is stated in full; the decision's durable write carries it.
import type { LedgerRecord } from '@countersign/api';
import { parseTraceparent, traceSources } from '@countersign/core';
import type { Context } from '../context.ts';
import { sha256 } from '../platform/sha256.ts';
import {
  describeArguments,
  describeModelIntent,
  listShownResults,
  type TakenPrediction,
  takePrediction,
} from './models/index.ts';
import type { Classified, Intended } from './stages.ts';

export function recordIntent(context: Context, classified: Classified): Intended {
  const { message, agent, givers, task, token, tool, model } = classified;
  const predicted = takePrediction(classified) ?? null;
  // Alike is not the same: what a model called otherwise is not called by its id.
  const toolCall =
    (predicted?.by === 'name' ? predicted.id : undefined) ?? message.toolCall ?? classified.asked?.call;
  const sources = traceSources(task.history.values, message.arguments);
  const causes = [
    ...(task.openedRecord === null ? [] : [task.openedRecord]),
    // What taught the values of its arguments may be older than the task it is done in.
    ...sources.map(({ record }) => record),
    ...(predicted === null ? [] : [predicted.record]),
    ...(model === null ? [] : listShownResults(model, task)),
  ];
  const trace = message.traceparent === null ? undefined : parseTraceparent(message.traceparent)?.trace;
  // Payload members in alphabetical order, here and in the records made from this one: they are written without a sorted copy.
  const intent: LedgerRecord = {
    id: context.platform.newId('rec'),
    kind: 'action.intent',
    at: classified.receivedAt,
    causes: [...new Set(causes)],
    action: classified.id,
    agent: agent.id,
    ...(givers.length === 0 ? {} : { agents: [...givers.map((one) => one.id), agent.id] }),
    body: {
      arguments: model === null ? message.arguments : describeArguments(message.arguments, model),
      ...(classified.asked === undefined ? {} : describeAsker(classified.asked)),
      callDigest: classified.callDigest,
      dataDomain: classified.dataDomain,
      effects: classified.effects,
      front: classified.front,
      method: message.method,
      ...(model === null ? {} : { model: describeModelIntent(model, task) }),
      operation: message.operation,
      ...describePredicted(classified, predicted),
      ...(sources.length === 0 ? {} : { sources }),
      ...(task.history.values.knowsSources ? {} : { sourcesPartial: true }),
      target: message.target,
      ...(tool === null ? {} : { toolDigest: tool.digest }),
      ...(message.traceparent === null ? {} : { traceparent: message.traceparent }),
    },
    chain: task.chainIds,
    key: token.key,
    person: task.rootPersonId,
    ...describeSession(classified),
    task: task.id,
    ...(tool === null ? {} : { tool: tool.name }),
    ...(toolCall === undefined ? {} : { toolCall }),
    ...(trace === undefined ? {} : { trace }),
    upstream: classified.upstream,
  };
  return { ...classified, intent, predicted } as Intended;
}

/** Whether a model asked for it; nothing where none has answered in this task, for then nobody knows. */
function describePredicted({ tool, task, model }: Classified, predicted: TakenPrediction | null) {
  if (tool === null || model !== null || !task.models.hasAnswered) return {};
  return predicted?.by === 'arguments' ? { predictedBy: predicted.by } : { predicted: predicted !== null };
}

/** A name that a client holds on to is not told: whoever reads the ledger must not be able to use it. */
function describeSession({ asked, message }: Classified): Pick<LedgerRecord, 'session'> {
  const name = asked?.session ?? message.session?.id;
  return name === undefined ? {} : { session: sha256(name) };
}

function describeAsker({ by, call, through }: NonNullable<Classified['asked']>) {
  return {
    askedBy: by,
    ...(call === undefined ? {} : { askedCall: call }),
    ...(through === undefined ? {} : { askedThrough: through }),
  };
}
