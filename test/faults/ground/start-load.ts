import { setTimeout as sleep } from 'node:timers/promises';
import { type GatewayDriver, type HttpReply, type RawAgent, toolCall } from '@countersign/testkit';
import { decodeJwt } from 'jose';
import { isPending, readAsked } from '../../attacks/ground/ask-to-pay.ts';
import { isResult, readRefusal } from '../../attacks/ground/read-refusal.ts';
import type { Told } from './acknowledged.ts';
import type { Crew } from './enlist-crew.ts';
import { FORBIDDEN_TOOL, markedArguments } from './marks.ts';
import { type KnownCheckpoint, readCheckpoint } from './read-evidence.ts';

export interface LoadParts {
  readonly gateway: GatewayDriver;
  readonly crew: Crew;
  /** Calls each agent has under way at once. */
  readonly width: number;
  readonly nextMark: () => string;
  /** Called at once when a client has been told something. */
  readonly acknowledge: (told: Told, id: string) => void;
  readonly sawCheckpoint: (known: KnownCheckpoint) => void;
}

export interface Load {
  /** Resolves when every client has given up on what it was waiting for. */
  stop(): Promise<void>;
}

const PAUSE_MILLISECONDS = 5;
const CHECKPOINT_MILLISECONDS = 40;

/** Agents that echo, pay with approval, try what they may not, and open and end tasks, all at once until stopped. */
export function startLoad(parts: LoadParts): Load {
  const { gateway, sawCheckpoint } = parts;
  let stopped = false;
  const repeat = async (work: () => Promise<void>, pause: number) => {
    while (!stopped) {
      // A server that has just been killed answers nothing; whatever was said before that is on the record.
      await work().catch(() => {});
      await sleep(pause);
    }
  };
  const work = parts.crew.agents.map(async ({ agent, delegation }, index) => {
    const token = await openTask(parts, agent, delegation).catch(() => undefined);
    if (token === undefined) return;
    const workers = Array.from({ length: parts.width }, () =>
      repeat(() => echoOrErase(parts, agent, token), 0),
    );
    if (index % 2 === 0) workers.push(repeat(() => payWithApproval(parts, agent, token), PAUSE_MILLISECONDS));
    else workers.push(repeat(() => openAndEnd(parts, agent, delegation), PAUSE_MILLISECONDS));
    await Promise.all(workers);
  });
  work.push(repeat(async () => sawCheckpoint(await readCheckpoint(gateway)), CHECKPOINT_MILLISECONDS));
  return {
    async stop() {
      stopped = true;
      await Promise.all(work);
    },
  };
}

async function openTask(parts: LoadParts, agent: RawAgent, delegationId: string): Promise<string> {
  const { id } = await agent.openTask({ delegationId, purpose: 'A load', ttlSeconds: 3600 });
  parts.acknowledge('task.opened', id);
  const token = await agent.token({ task: id, resource: [parts.crew.url] });
  parts.acknowledge('token.issued', String(decodeJwt(token).jti));
  return token;
}

async function openAndEnd(parts: LoadParts, agent: RawAgent, delegationId: string): Promise<void> {
  const { id } = await agent.openTask({ delegationId, purpose: 'A short one' });
  parts.acknowledge('task.opened', id);
  const ended = await agent.endTask(id);
  if (ended.status === 200) parts.acknowledge('task.ended', id);
}

async function echoOrErase(parts: LoadParts, agent: RawAgent, token: string): Promise<void> {
  const mark = parts.nextMark();
  const tool = mark.endsWith('9') ? FORBIDDEN_TOOL : 'echo';
  const reply = await call(parts, agent, { token, tool, mark });
  if (isResult(reply)) parts.acknowledge('result', mark);
  else if (readRefusal(reply) === 'action.not_in_limits') parts.acknowledge('denial', mark);
  else await sleep(PAUSE_MILLISECONDS);
}

/** The same call twice: a person is asked, says yes with a passkey, and the second one goes out. */
async function payWithApproval(parts: LoadParts, agent: RawAgent, token: string): Promise<void> {
  const payment = { token, tool: 'pay', mark: parts.nextMark() };
  const asked = await call(parts, agent, payment);
  if (!isPending(asked)) return;
  const approval = readAsked(asked);
  parts.acknowledge('approval.requested', approval);
  const decided = await parts.crew.approver.decide(approval, 'approve');
  if (decided.status !== 200) return;
  parts.acknowledge('approval.granted', approval);
  if (isResult(await call(parts, agent, payment))) parts.acknowledge('result', payment.mark);
}

function call(
  { crew }: LoadParts,
  agent: RawAgent,
  { token, tool, mark }: { token: string; tool: string; mark: string },
): Promise<HttpReply> {
  const { message, headers } = toolCall(tool, markedArguments(tool, mark));
  return agent.send({ url: crew.url, token, message, headers, patienceMilliseconds: 10_000 });
}
