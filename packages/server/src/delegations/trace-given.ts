import { AppError } from '@countersign/api';
import { type ArgumentSource, type JsonValue, traceSources } from '@countersign/core';
import type { Context } from '../context.ts';

/** What of its words and limits came out of results, and the records that this makes causes. */
export interface GivenSources {
  readonly causes: readonly string[];
  /** For the body of the record; empty when nothing did. */
  readonly body: { readonly sources?: readonly ArgumentSource[] };
}

const nothing: GivenSources = { causes: [], body: {} };

/**
 * Where what is given to whoever works for a task comes from, of all that the task and those it works for have read.
 * `giver`: nobody else's task is looked into. Never refuses: whether the task may be used is somebody else's question.
 */
export async function traceGiven(
  { tasks }: Pick<Context, 'tasks'>,
  { taskId, giver }: { readonly taskId: string; readonly giver?: string },
  given: JsonValue,
): Promise<GivenSources> {
  try {
    const { agentId, history } = await tasks.lease(taskId);
    if (giver !== undefined && agentId !== giver) return nothing;
    const sources = traceSources(history.values, given);
    if (sources.length === 0) return nothing;
    return { causes: [...new Set(sources.map(({ record }) => record))], body: { sources } };
  } catch (thrown) {
    if (thrown instanceof AppError) return nothing;
    throw thrown;
  }
}
