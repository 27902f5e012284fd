import { AppError, type LedgerRecord, toAppError } from '@countersign/api';
import type { Context } from '../context.ts';
import { LimitReached } from '../policies/index.ts';
import type { CallEnd } from '../tasks/index.ts';
import { appendOutcome } from './append-outcome.ts';
import type { Trace } from './trace.ts';

/**
 * The one place where refusals of the path are recorded; returns what the front door throws on. A caller we could not
 * authenticate is counted, not recorded one by one, so that noise cannot flood the ledger.
 */
export async function recordRefusal(context: Context, trace: Trace, thrown: unknown): Promise<AppError> {
  const error = toAppError(thrown);
  if (error.code === 'server.internal')
    context.log.error({ err: thrown, action: trace.reached.id }, 'the path failed');
  const { reached } = trace;
  // Whatever follows: once it went out, what came of it counts for the circuits it went through.
  if (reached.secretKey !== undefined) reached.pass?.settle(readEnd(error));
  if (reached.agent === undefined && reached.asked === undefined) {
    context.unauthenticated.count(error.code, reached.upstream);
    return error;
  }
  // A policy or limits denial is its own decision record already.
  if (error.code === 'action.denied' || error.code === 'action.not_in_limits') return error;
  // Durable before it is answered.
  if (error.code === 'task.paused' && reached.task !== undefined)
    await context.cascades.whenWritten(reached.task.parentIds[0] ?? reached.task.id);
  const record = describeRefusal(context, reached, error);
  try {
    if (reached.intent !== undefined && reached.decisionRecord === undefined)
      await context.store.append([reached.intent, record]);
    // A caller that is refused gets no answer: nothing but what it has had.
    else {
      const { reservation = null, interim } = reached;
      await appendOutcome(context, { reservation }, record, { rows: 0, bytes: 0, ...interim });
    }
  } catch {
    // Nothing was forwarded that is not decided durably; a refusal stands even when it cannot be written.
    context.log.error({ action: reached.id, code: error.code }, 'a refusal could not be recorded');
  }
  return withAction(error, reached.id, reached.decisionRecord);
}

function describeRefusal(context: Context, reached: Trace['reached'], error: AppError): LedgerRecord {
  const { intent, task, agent, givers, token, decisionRecord, outcomeRecord } = reached;
  // Once armed it may have gone out, whatever then went wrong.
  const went = reached.secretKey !== undefined;
  // The agent has had what had come by then.
  reached.told?.end();
  return {
    // A part of the answer may have reached the agent, and be named as the source of what it does next.
    id: went && outcomeRecord !== undefined ? outcomeRecord : context.platform.newId('rec'),
    kind: went ? 'action.outcome' : 'action.refused',
    at: context.platform.now(),
    causes: [intent?.id, decisionRecord].filter((id) => id !== undefined),
    action: reached.id,
    upstream: reached.upstream,
    ...(agent === undefined ? {} : { agent: agent.id }),
    ...(agent === undefined || !givers?.length ? {} : { agents: [...givers.map(({ id }) => id), agent.id] }),
    ...(token === undefined ? {} : { key: token.key }),
    ...(task === undefined ? {} : { task: task.id, person: task.rootPersonId, chain: task.chainIds }),
    ...(reached.tool == null ? {} : { tool: reached.tool.name }),
    ...(intent?.toolCall === undefined ? {} : { toolCall: intent.toolCall }),
    body: {
      status: describeEnd(went, error),
      code: error.code,
      ...(reached.asked === undefined ? {} : { askedBy: reached.asked.by }),
      ...(reached.credential === undefined ? {} : { credential: reached.credential }),
      ...(error.detail === undefined ? {} : { detail: error.detail }),
      ...reached.told?.describe(),
      ...(error.cause instanceof LimitReached ? { limit: { ...error.cause.counter } } : {}),
    },
  };
}

function withAction(error: AppError, action: string, decision: string | undefined): AppError {
  if (error.data !== undefined) return error;
  return new AppError(error.code, {
    ...(error.detail === undefined ? {} : { detail: error.detail }),
    ...(error.headers === undefined ? {} : { headers: error.headers }),
    data: { action, ...(decision === undefined ? {} : { decision }) },
    cause: error,
  });
}

function readEnd({ code }: AppError): CallEnd {
  if (!code.startsWith('upstream.')) return 'unused';
  return code === 'upstream.credential_refused' ? 'failure' : 'unavailable';
}

function describeEnd(went: boolean, { code }: AppError): string {
  if (!went) return 'refused';
  return code.startsWith('upstream.') || code.startsWith('server.') ? 'failed' : 'cut';
}
