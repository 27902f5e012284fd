import type { EnrolledAgent, TestRecord } from '@countersign/testkit';
import { beforeAll, describe, expect, it } from 'vitest';
import { isResult, readRefusal } from '../attacks/ground/read-refusal.ts';
import {
  addEnforcementPoint,
  type EnforcementPoint,
} from '../conformance/authzen-ground/add-enforcement-point.ts';
import { askForward, readForward, SHOP } from './ground/ask-forward.ts';
import { callApi } from './ground/call-api.ts';
import { createCaller } from './ground/create-caller.ts';
import { useApi } from './ground/use-api.ts';

const scene = useApi(`
@id("all") permit (principal, action, resource);
@id("mine") @redact("/email") @notice("Names only.")
permit (principal, action == Countersign::Action::"shop/listCustomers", resource);
@id("not-the-first") forbid (principal, action == Countersign::Action::"shop/deleteCustomer", resource)
when { context.args.path.id < 10 };
@id("ask") @stepUp("approvers=role:approver; quorum=1; method=passkey; within=10m")
forbid (principal, action == Countersign::Action::"shop/deleteCustomer", resource)
when { context.args.path.id >= 100 };
`);

/** The same call, as a tool and its arguments, and as a method and a path. */
interface Call {
  readonly tool: string;
  readonly arguments: { readonly [name: string]: unknown };
  readonly method: string;
  readonly path: string;
}
type Effect = 'allow' | 'step_up' | 'deny';

function onCustomer(tool: string, method: string, id: number | string): Call {
  return { tool, arguments: { path: { id } }, method, path: `/customers/${id}` };
}

/** The same questions for every door, and what each has to answer. */
const calls: readonly [name: string, call: Call, effect: Effect, reasons: readonly string[]][] = [
  ['what is permitted', onCustomer('deleteCustomer', 'DELETE', 11), 'allow', ['permitted']],
  ['what an argument forbids', onCustomer('deleteCustomer', 'DELETE', 7), 'deny', ['forbidden']],
  ['what needs a person', onCustomer('deleteCustomer', 'DELETE', 120), 'step_up', ['step_up_required']],
];

/** What no door ever lets through to a decision, by the code of its refusal. */
const refused: readonly [name: string, call: Call, code: string][] = [
  ['arguments that do not fit', onCustomer('getCustomer', 'GET', 'x'), 'action.arguments_invalid'],
  [
    'a tool that is not there',
    { tool: 'steal', arguments: {}, method: 'GET', path: '/steal' },
    'action.tool_unknown',
  ],
  [
    'a prototype name',
    { tool: '__proto__', arguments: {}, method: 'GET', path: '/__proto__' },
    'action.tool_unknown',
  ],
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
  point = await addEnforcementPoint(gateway, {
    name: 'elsewhere',
    addresses: ['127.0.0.1', '::1'],
    routes: [{ url: SHOP, upstream: 'shop' }],
  });
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

function readResult(json: unknown): string {
  const { result } = json as { result: { allow: boolean; decision: string; reason?: string } };
  if (result.allow) return 'allow';
  if (result.decision === 'requires-approval') return 'step_up';
  return result.reason === 'action.denied' ? 'deny' : String(result.reason);
}

function forwarding(name: string, kind: 'nginx' | 'traefik' | 'envoy'): Door {
  return {
    name,
    front: 'forward_auth',
    async ask({ method, path }) {
      return readForward(
        await askForward(scene().gateway, enrolled, { kind, point: point.id, method, path }),
      );
    },
  };
}

const doors: readonly Door[] = [
  {
    name: 'MCP',
    front: 'mcp',
    async ask({ tool, arguments: given }) {
      const reply = await createCaller(enrolled, `${scene().gateway.url}/mcp/shop`).call(tool, given);
      if (reply.body.includes('PENDING apr_')) return 'step_up';
      if (isResult(reply)) return 'allow';
      const code = readRefusal(reply);
      return code === 'action.denied' ? 'deny' : String(code);
    },
  },
  {
    name: 'HTTP',
    front: 'http',
    async ask({ method, path }) {
      const { status, json } = await callApi(scene().gateway, enrolled, method, `shop${path}`);
      if (status < 300) return 'allow';
      if (json.code === 'action.pending') return 'step_up';
      return json.code === 'action.denied' ? 'deny' : String(json.code);
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
  forwarding('forward-auth for nginx', 'nginx'),
  forwarding('forward-auth for Traefik', 'traefik'),
  forwarding('ext_authz over HTTP for Envoy', 'envoy'),
];

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
      const askedBy = ['mcp', 'http'].includes(door.front) ? undefined : point.id;
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

  it('says what is owed where the caller can do it, and refuses where it cannot', async () => {
    const list: Call = { tool: 'listCustomers', arguments: {}, method: 'GET', path: '/customers' };
    const { json } = await point.ask('/access/v1/evaluation', describeCall(list));
    expect(json).toMatchObject({
      decision: true,
      context: {
        obligations: [
          {
            id: 'redact-1',
            type: 'custom',
            properties: { name: 'countersign:redact', pointers: ['/email'] },
          },
          {
            id: 'notice-1',
            type: 'custom',
            properties: { name: 'countersign:notice', texts: ['Names only.'] },
          },
        ],
      },
    });
    for (const door of doors.filter(({ front }) => front === 'opa' || front === 'forward_auth'))
      expect(await door.ask(list)).toBe('action.obligation_unmet');
  });

  it('finds by search what it would allow', async () => {
    const subject = { type: 'agent', id: enrolled.agent.agentId, properties: { task: enrolled.task } };
    const tools = await point.ask('/access/v1/search/resource', {
      subject,
      action: { name: 'call' },
      resource: { type: 'tool' },
    });
    const { results } = tools.json as { results: { id: string }[] };
    expect(results.map(({ id }) => id)).toEqual(
      expect.arrayContaining(['shop/deleteCustomer', 'shop/getCustomer']),
    );
    const resource = { type: 'tool', id: 'shop/getCustomer' };
    const agents = await point.ask('/access/v1/search/subject', {
      subject: { type: 'agent' },
      action: { name: 'call' },
      resource,
    });
    expect(agents.json).toMatchObject({
      results: expect.arrayContaining([{ type: 'agent', id: enrolled.agent.agentId }]),
    });
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
