import { type Attempt, decideForwarded, vouchForHook } from '../../../actions/index.ts';
import { writePending } from '../../mcp/index.ts';
import { askCall } from '../ask-call.ts';
import { readSeconds } from '../hook-request.ts';
import type { HookAnswer } from '../serve-hooks.ts';
import type { ClaudeEvent } from './read-event.ts';
import { type ClaudeHook, callKey, openTaskOf } from './serve-claude.ts';

type CallHook = ClaudeHook<ClaudeEvent & { readonly name: 'PreToolUse' }>;

const longestWaitSeconds = 60;

/** Configurations that the agent itself could not write for itself unnoticed; a project's file it could. */
const personsSources: ReadonlySet<string> = new Set(['user', 'managed', 'enterprise']);

/** Whether the client may use the tool. `?wait=` says how many seconds it waits for a person, `?allowed=defer` leaves the last word to its own rules. */
export async function answerPreToolUse(parts: CallHook): Promise<HookAnswer> {
  const { context, held, hook, event, hungUp, query } = parts;
  // The gateway decides it when it arrives there.
  if (isForGateway(parts)) return { body: {} };
  const { taskId } = await openTaskOf(parts, null);
  const waitSeconds = readSeconds(query.get('wait'), longestWaitSeconds);
  const decision = await askCall({
    ...{ context, held, hungUp },
    key: callKey(parts, event.callId),
    until: context.platform.now() + waitSeconds * 1000,
    waitAside: (wait) => parts.waitAside(hook.settings.agentId, wait),
    decide(arrival) {
      const attempt = toAttempt(parts, arrival);
      const { agentId } = hook.settings;
      const vouched = { point: hook.point.id, agentId, taskId };
      return decideForwarded(context, attempt, () => vouchForHook(context, attempt, vouched));
    },
  });
  // Never `ask`: a yes in the terminal of the one who runs the agent is no approval that anybody could prove.
  if (decision.kind === 'pending') return { body: say('deny', writePending(decision)) };
  if (query.get('allowed') === 'defer') return { body: {} };
  const notices = decision.notices.join('\n');
  return { body: say('allow', notices === '' ? 'Allowed by policy.' : notices) };
}

function isForGateway({ hook, event }: CallHook): boolean {
  const { server, tool } = event;
  if (server === null || !personsSources.has(server.source)) return false;
  return hook.settings.gatewayServers.includes(server.name) && tool.startsWith(`mcp__${server.name}__`);
}

function say(permissionDecision: 'allow' | 'deny', permissionDecisionReason: string): object {
  const hookEventName = 'PreToolUse';
  return { hookSpecificOutput: { hookEventName, permissionDecision, permissionDecisionReason } };
}

function toAttempt(
  { hook, event, hungUp }: CallHook,
  { id, receivedAt }: Pick<Attempt, 'id' | 'receivedAt'>,
): Attempt {
  const { callId, through, tool } = event;
  return {
    ...{ id, front: 'hooks', upstream: hook.upstream, receivedAt, hungUp },
    credentials: { authorization: [], dpop: [], method: '', url: '', audience: '' },
    asked: {
      by: hook.point.id,
      call: callId,
      session: event.session,
      ...(through === null ? {} : { through }),
      shapesResults: false,
    },
    translate: () => ({
      ...{ method: 'tools/call', operation: 'call', target: tool, arguments: event.arguments },
      ...{ outgoing: {}, isNotification: false, traceparent: null },
    }),
    emit: () => undefined,
  };
}
