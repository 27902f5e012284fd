import type { EnrolledAgent, TestRecord } from '@countersign/testkit';
import { beforeAll, describe, expect, it } from 'vitest';
import { PAYMENT } from '../attacks/ground/ask-to-pay.ts';
import { ASK_BEFORE_PAY } from '../attacks/ground/policies.ts';
import { isResult, readRefusal } from '../attacks/ground/read-refusal.ts';
import {
  addEnforcementPoint,
  type EnforcementPoint,
} from '../conformance/authzen-ground/add-enforcement-point.ts';
import { createCaller } from './ground/create-caller.ts';
import { useScene } from './ground/use-scene.ts';

const policy = `${ASK_BEFORE_PAY}
@id("no-shouting")
forbid (principal, action == Countersign::Action::"shop/echo", resource) when { context.args.text like "*!" };
`;
const scene = useScene({ policy });

interface Call {
  readonly tool: string;
  readonly arguments: { readonly [name: string]: unknown };
}
type Effect = 'allow' | 'step_up' | 'deny';

/** The same questions for every door, and what each has to answer. */
const calls: readonly [name: string, call: Call, effect: Effect, reasons: readonly string[]][] = [
  ['a read that is permitted', { tool: 'echo', arguments: { text: 'hi' } }, 'allow', ['permitted']],
  [
    'one that is forbidden by its argument',
    { tool: 'echo', arguments: { text: 'hi!' } },
    'deny',
    ['forbidden'],
  ],
  ['one that needs a person', { tool: 'pay', arguments: PAYMENT }, 'step_up', ['step_up_required']],
];

/** What no door ever lets through to a decision, by the code of its refusal. */
const refused: readonly [name: string, call: Call, code: string][] = [
  ['arguments that do not fit', { tool: 'echo', arguments: { text: 7 } }, 'action.arguments_invalid'],
  ['a tool that is not there', { tool: 'steal', arguments: {} }, 'action.tool_unknown'],
  ['a prototype name', { tool: '__proto__', arguments: {} }, 'action.tool_unknown'],
];

interface Door {
  readonly name: string;
  readonly front: string;
  /** Asks; what the caller is told, or the code it is refused with. */
  ask(call: Call): Promise<Effect | string>;
}

let point: EnforcementPoint;
let enrolled: EnrolledAgent;
beforeAll(async () => {
  const { gateway } = scene();
  point = await addEnforcementPoint(gateway, { name: 'elsewhere' });
  enrolled = await gateway.enrol();
});

function describeCall({ tool, arguments: given }: Call) {
  return {
    subject: { type: 'agent', id: enrolled.agent.agentId, properties: { task: enrolled.task } },
    action: { name: 'call' },
    resource: { type: 'tool', id: `shop/${tool}`, properties: { arguments: given } },
  };
}

interface Answer {
  readonly decision: boolean;
  readonly context: { readonly reason?: string };
}

function readAnswer({ decision, context: { reason } }: Answer): string {
  if (decision) return 'allow';
  if (reason === 'approval_required') return 'step_up';
  return reason === 'action.denied' ? 'deny' : String(reason);
}

const doors: readonly Door[] = [
  {
    name: 'MCP',
    front: 'mcp',
    async ask({ tool, arguments: given }) {
      const reply = await createCaller(enrolled, scene().url).call(tool, given);
      if (reply.body.includes('PENDING apr_')) return 'step_up';
      if (isResult(reply)) return 'allow';
      const code = readRefusal(reply);
      return code === 'action.denied' ? 'deny' : String(code);
    },
  },
  {
    name: 'AuthZEN evaluation',
    front: 'authzen',
    ask: async (call) =>
      readAnswer((await point.ask('/access/v1/evaluation', describeCall(call))).json as Answer),
  },
  {
    name: 'AuthZEN evaluations',
    front: 'authzen',
    async ask(call) {
      const { subject, action, resource } = describeCall(call);
      const reply = await point.ask('/access/v1/evaluations', {
        subject,
        action,
        evaluations: [{ resource }],
      });
      const [answer] = (reply.json as { evaluations: Answer[] }).evaluations;
      return answer === undefined ? reply.body : readAnswer(answer);
    },
  },
  {
    name: 'OPA',
    front: 'opa',
    async ask({ tool, arguments: args }) {
      const input = { agent: enrolled.agent.agentId, task: enrolled.task, tool: `shop/${tool}`, args };
      return readResult((await point.ask('/v1/data/countersign/call', { input })).json);
    },
  },
  {
    name: 'OPA, as a framework asks',
    front: 'opa',
    async ask({ tool, arguments: args }) {
      const runtimeContext = { agent: enrolled.agent.agentId, task: enrolled.task };
      const input = { tool: { name: tool }, args, messages: [], runtimeContext };
      return readResult((await point.ask('/v1/data/countersign/call/shop', { input })).json);
    },
  },
];

function readResult(json: unknown): string {
  const { result } = json as { result: { allow: boolean; decision: string; reason?: string } };
  if (result.allow) return 'allow';
  if (result.decision === 'requires-approval') return 'step_up';
  return result.reason === 'action.denied' ? 'deny' : String(result.reason);
}

/** The records of the newest action at a door. */
async function readNewest(front: string): Promise<readonly TestRecord[]> {
  const { gateway } = scene();
  const intents = await gateway.records({ kind: 'action.intent', agent: enrolled.agent.agentId });
  const intent = intents.find(({ body }) => (body as { front: string }).front === front);
  return (await gateway.records({ action: String(intent?.action) })).toReversed();
}

describe('policy.same-answer', () => {
  describe.each(doors)('$name', (door) => {
    it.each(calls)('answers %s', async (_name, call, effect, reasons) => {
      expect(await door.ask(call)).toBe(effect);
      const kinds = ['action.intent', 'action.decision', ...(effect === 'allow' ? ['action.outcome'] : [])];
      await expect
        .poll(async () => (await readNewest(door.front)).map(({ kind }) => kind).slice(0, kinds.length))
        .toEqual(kinds);
      const [intent, decision] = await readNewest(door.front);
      expect(intent).toMatchObject({
        agent: enrolled.agent.agentId,
        task: enrolled.task,
        upstream: 'shop',
        tool: call.tool,
      });
      expect(decision).toMatchObject({ body: { effect, decidedBy: 'policy' }, causes: [intent?.id] });
      expect(decision?.body).toMatchObject({ reasons: reasons.map((code) => ({ code })) });
      const askedBy = door.front === 'mcp' ? undefined : point.id;
      expect((intent?.body as { askedBy?: string } | undefined)?.askedBy).toBe(askedBy);
    });

    it.each(refused)('refuses %s', async (_name, call, code) => {
      expect(await door.ask(call)).toBe(code);
      const [record] = await scene().gateway.records({
        kind: 'action.refused',
        agent: enrolled.agent.agentId,
      });
      expect(record).toMatchObject({ body: { code, status: 'refused' } });
    });
  });

  it('finds by search what it would allow', async () => {
    const subject = { type: 'agent', id: enrolled.agent.agentId, properties: { task: enrolled.task } };
    const tools = await point.ask('/access/v1/search/resource', {
      subject,
      action: { name: 'call' },
      resource: { type: 'tool' },
    });
    expect(tools.json).toMatchObject({
      results: [
        { type: 'tool', id: 'shop/echo' },
        { type: 'tool', id: 'shop/pay' },
      ],
    });
    const resource = { type: 'tool', id: 'shop/echo' };
    const agents = await point.ask('/access/v1/search/subject', {
      subject: { type: 'agent' },
      action: { name: 'call' },
      resource,
    });
    expect(agents.json).toMatchObject({ results: [{ type: 'agent', id: enrolled.agent.agentId }] });
    expect((await point.ask('/access/v1/search/action', { subject, resource })).json).toMatchObject({
      results: [{ name: 'call' }],
    });
    const nothing = await point.ask('/access/v1/search/action', {
      subject: { type: 'agent', id: enrolled.agent.agentId },
      resource,
    });
    expect(nothing.json).toMatchObject({ results: [] });
  });
});
