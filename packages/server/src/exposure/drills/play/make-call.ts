import { AppError, toAppError } from '@countersign/api';
import type { JsonObject } from '@countersign/core';
import { type Attempt, handleAction, type Message } from '../../../actions/index.ts';
import type { CallStep } from '../drill-schema.ts';
import { type DrilledAgent, presentToken } from '../world/drilled-agent.ts';
import type { Seen, Stage } from './stage.ts';

export interface DrillCall {
  /** `<upstream>/<tool>`. */
  readonly call: string;
  readonly by: string | undefined;
  readonly arguments: JsonObject;
  readonly token: CallStep['token'];
}

/** Sends one call down the path every call takes, with a token and a proof of its own. */
export async function makeCall(stage: Stage, given: DrillCall): Promise<Seen> {
  const { context } = stage;
  const { upstream } = splitTool(given.call);
  try {
    const credentials = presentToken(context, findAgent(stage, given.by), upstream, given.token);
    const attempt: Attempt = {
      id: context.platform.newId('act'),
      ...{ front: 'mcp', upstream, receivedAt: context.platform.now(), credentials },
      translate: () => translate(given),
      hungUp: stage.over,
      emit: () => undefined,
    };
    const outcome = await handleAction(context, attempt);
    if (outcome.kind === 'completed') return see(stage, { outcome: 'allowed' });
    stage.lastAsked = outcome.approval.id;
    return see(stage, { outcome: 'asked', approval: outcome.approval.id });
  } catch (thrown) {
    const { code, detail } = toAppError(thrown);
    return see(stage, { outcome: 'refused', code, detail: detail ?? null });
  }
}

function see({ context }: Stage, found: Partial<Seen> & Pick<Seen, 'outcome'>): Seen {
  return { code: null, detail: null, approval: null, endedAt: context.platform.now(), ...found };
}

/** The agent of that name; the first one where none is named. */
export function findAgent(stage: Stage, name: string | undefined): DrilledAgent {
  const agent = name === undefined ? stage.agents.values().next().value : stage.agents.get(name);
  if (agent === undefined)
    throw new AppError('exposure.drill_invalid', { detail: `there is no agent "${name}" in the drill` });
  return agent;
}

export function splitTool(reference: string): { readonly upstream: string; readonly tool: string } {
  const slash = reference.indexOf('/');
  return { upstream: reference.slice(0, slash), tool: reference.slice(slash + 1) };
}

function translate({ call, arguments: given }: DrillCall): Message {
  const { tool } = splitTool(call);
  const method = 'tools/call';
  return {
    ...{ method, operation: 'call', target: tool, arguments: given },
    outgoing: { jsonrpc: '2.0', id: 1, method, params: { name: tool, arguments: given } },
    ...{ isNotification: false, traceparent: null },
  };
}
