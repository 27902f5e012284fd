import { behaviour } from './requirement.ts';

const conformance = (file: string) => `test/conformance/${file}.test.ts`;
const scenario = (file: string) => `test/scenarios/${file}.test.ts`;

/** What the product does when nobody attacks it. */
export const behaviours = [
  behaviour(
    'client.connected',
    scenario('connected-client'),
    'One command moves the servers of an MCP client behind the gateway, and one puts them back.',
  ),
  behaviour(
    'agent.workload',
    scenario('workload-agent'),
    'An agent proves itself as a workload of a trusted platform, without a stored key, until its binding is removed.',
  ),
  behaviour(
    'policy.recorded-cases',
    scenario('recorded-cases'),
    'Tests of policies are made from what a server decided, and hold a candidate against it without the server.',
  ),
  behaviour(
    'mcp.fixture',
    conformance('mcp-direct'),
    'The fixture passes the whole conformance suite of revision 2026-07-28 on its own.',
  ),
  behaviour(
    'mcp.conformance',
    conformance('mcp-through-gateway'),
    'Everything that passes directly passes through the gateway, at least 130 checks.',
  ),
  behaviour(
    'mcp.unmodified-client',
    conformance('client-dpop'),
    'The public MCP client works unmodified with its own DPoP session.',
  ),
  behaviour(
    'token.unmodified-client',
    conformance('openid-client'),
    'openid-client discovers the server and gets a token with a DPoP nonce.',
  ),
  behaviour('mcp.inspector', conformance('inspector'), 'The MCP Inspector works through the stdio bridge.'),
  behaviour(
    'mcp.stdio-bridge',
    scenario('stdio-bridge'),
    'A stdio client of either revision works through the bridge: calls, questions, progress, cancellation, approvals.',
  ),
  behaviour(
    'agent.sdk',
    scenario('sdk'),
    'The SDK opens a task, brings the official client behind the gateway and ends it, with either kind of key.',
  ),
  behaviour(
    'server.command-line',
    scenario('cli'),
    'Every noun has its commands; data, talk, refusals and exit codes are told apart, and a tampered export is found.',
  ),
  behaviour(
    'server.demo',
    scenario('demo'),
    'A first start plays an allowed, a denied and an approved call against two real upstreams, and can do so again.',
  ),
  behaviour(
    'ledger.independent-verifier',
    conformance('ledger-go'),
    'A verifier that nobody here wrote accepts checkpoints and proofs, and finds tampering.',
  ),
  behaviour(
    'action.allowed',
    scenario('allowed-call'),
    'An agent signs in, opens a task, calls a tool, and every step is in the ledger, linked.',
  ),
  behaviour(
    'action.refused',
    scenario('refused-call'),
    'A refused call says why in words a model can use, is recorded, and reaches no upstream.',
  ),
  behaviour(
    'action.default-task',
    scenario('allowed-call'),
    'A client that cannot send authorization details works under the default delegation.',
  ),
  behaviour(
    'action.every-operation',
    scenario('read-resource'),
    'Resources, prompts and completion pass under policy and limits as tool calls do, and are recorded.',
  ),
  behaviour(
    'task.spend',
    scenario('refused-call'),
    'Amounts add up over calls, and the call that would exceed the budget goes nowhere.',
  ),
  behaviour('mcp.progress', scenario('streamed-call'), 'Progress reaches the caller as it comes.'),
  behaviour(
    'mcp.cancellation',
    scenario('streamed-call'),
    'A caller who goes away ends the work at the upstream, and the outcome is recorded as cut.',
  ),
  behaviour(
    'mcp.subscription',
    scenario('streamed-call'),
    'A subscription hears what it asked for until its agent is stopped or its task ends.',
  ),
  behaviour(
    'mcp.tasks',
    scenario('followed-task'),
    'The handle of a long-running call works for the agent it was given to, and for nobody else.',
  ),
  behaviour(
    'upstream.accepted-tool',
    scenario('accepted-tool'),
    'A changed tool works again once a person has accepted the very change they saw.',
  ),
  behaviour(
    'upstream.flagged-tool',
    scenario('flagged-tool'),
    'A tool whose definition hides text, tells the model what to do or resembles another is held until a person has seen why.',
  ),
  behaviour(
    'approval.elicited',
    scenario('approved-call'),
    'A caller that can show links gets one, and its call completes once a passkey has signed it.',
  ),
  behaviour(
    'approval.picked-up',
    scenario('approved-call'),
    'Any other caller is told PENDING, and the same call picks up the approval, once.',
  ),
  behaviour(
    'approval.refused',
    scenario('refused-approval'),
    'A person refuses, and the call ends refused and recorded.',
  ),
  behaviour(
    'signal.every-scope',
    scenario('stopped-call'),
    'A stop of an agent, task, delegation, owner, tool, upstream or everything bites at once.',
  ),
  behaviour(
    'agent.rotation',
    scenario('rotated-key'),
    'A new key works beside the old one until the overlap ends.',
  ),
  behaviour('token.rotation', scenario('rotated-key'), 'Signing keys rotate without refusing live tokens.'),
  behaviour(
    'policy.reload',
    scenario('reloaded-policy'),
    'A new bundle takes effect between two calls; a mistyped one never does.',
  ),
  behaviour('ledger.export', scenario('exported-ledger'), 'An export verifies offline on another machine.'),
  behaviour(
    'server.restart',
    scenario('restarted-server'),
    'After a restart everything granted is there and every proof seen before is worthless.',
  ),
  behaviour(
    'server.first-start',
    scenario('first-start'),
    'A first start is ready without any set-up, with keys, one link and a banner about what is insecure.',
  ),
  behaviour(
    'server.api-described',
    scenario('described-api'),
    'The API of the whole server is told in OpenAPI 3.1.',
  ),
  behaviour(
    'docs.run',
    'test/docs/docs.test.ts',
    'Every block of a guide that can be run does what the guide says.',
  ),
];
