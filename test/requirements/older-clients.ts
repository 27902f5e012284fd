import { behaviour } from './requirement.ts';

const conformance = (name: string) => `test/conformance/${name}.test.ts`;
const scenario = (name: string) => `test/scenarios/${name}.test.ts`;
const attacked = (name: string) => `test/attacks/mcp-session-${name}.test.ts`;

/** Clients of the MCP revisions that have sessions, and what is tried with a session. */
export const olderClients = [
  behaviour(
    'mcp.conformance-older-clients',
    conformance('mcp-2025-through-gateway'),
    'The public suite for 2025-11-25 passes through the gateway, before upstreams of either revision.',
  ),
  behaviour(
    'mcp.unmodified-older-client',
    conformance('older-clients'),
    'The 1.x library, the 2.x one in its older mode and the Inspector work unmodified.',
  ),
  behaviour(
    'mcp.older-clients',
    scenario('older-client'),
    'Clients of earlier revisions have sessions, streams they can resume, cancellation and subscriptions.',
  ),
  behaviour(
    'mcp.older-clients-asked',
    scenario('older-client'),
    'What an upstream asks reaches the client of the session, and its answer carries the call on.',
  ),
  behaviour(
    'approval.older-client-opens',
    scenario('older-client-approval'),
    'A client that can open pages gets the link, hears of the decision, and runs the call once.',
  ),
  behaviour(
    'approval.older-client-held',
    scenario('older-client-approval'),
    'A call of a client that hears progress is held while a person decides, and answered before it gives up.',
  ),
  behaviour(
    'approval.older-client-told',
    scenario('older-client-approval'),
    'Any other client is told at once that a person was asked, in words a model can act on.',
  ),
  behaviour(
    'mcp.session-hijack',
    attacked('hijack'),
    'A session is of no use to another agent, key, task or upstream, and does not show that it exists.',
  ),
  behaviour(
    'mcp.session-fixation',
    attacked('hijack'),
    'The id of a session is ours to choose and not to guess.',
  ),
  behaviour(
    'mcp.session-answers',
    attacked('answers'),
    'An answer counts once, in the session that was asked, and only to what was asked.',
  ),
  behaviour(
    'mcp.session-foreign-event',
    attacked('streams'),
    'An event of one session resumes nothing in another.',
  ),
  behaviour(
    'mcp.session-endless-streams',
    attacked('streams'),
    'A session holds one stream of its own open.',
  ),
  behaviour(
    'mcp.session-flood',
    attacked('streams'),
    'Sessions and calls without end take room from nobody but their own agent.',
  ),
  behaviour(
    'mcp.session-outlives',
    attacked('streams'),
    'A session ends with its task, its delegation or a stop, in the middle of what it does.',
  ),
  behaviour(
    'mcp.session-confusion',
    attacked('confusion'),
    'A message belongs to one revision: neither smuggles the methods or words of the other.',
  ),
];
