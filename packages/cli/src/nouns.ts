import type { CommandDefinition } from './command.ts';

/** What a file of commands exports, as `commands`. */
export interface CommandModule {
  readonly commands: readonly CommandDefinition[];
}

/** A first word of the command line. Its commands are read only when it is named, so that others start quickly. */
export interface Noun {
  readonly summary: string;
  /** True when the word is the command itself: `countersign up`. */
  readonly isVerb?: true;
  load(): Promise<CommandModule>;
}

export const nouns: Readonly<Record<string, Noun>> = {
  up: {
    summary: 'start everything in this process',
    isVerb: true,
    load: () => import('./commands/up/index.ts'),
  },
  demo: {
    summary: 'start everything and play the demo once more',
    isVerb: true,
    load: () => import('./commands/demo/index.ts'),
  },
  doctor: {
    summary: 'find what is wrong or unsafe, with the command that fixes it',
    isVerb: true,
    load: () => import('./commands/doctor/index.ts'),
  },
  'mcp-stdio': {
    summary: 'bridge a stdio MCP client to an upstream, as an agent',
    isVerb: true,
    load: () => import('./commands/mcp-stdio/index.ts'),
  },
  connect: {
    summary: 'let an MCP client reach its servers through the gateway',
    isVerb: true,
    load: () => import('./commands/connect/index.ts'),
  },
  people: {
    summary: 'who owns, approves, audits and administers',
    load: () => import('./commands/people/index.ts'),
  },
  agents: { summary: 'agents, their keys and their life', load: () => import('./commands/agents/index.ts') },
  delegations: {
    summary: 'what an agent may do for a person',
    load: () => import('./commands/delegations/index.ts'),
  },
  tasks: { summary: 'pieces of work under a delegation', load: () => import('./commands/tasks/index.ts') },
  tokens: {
    summary: 'end a token, who may ask about tokens, and the keys that sign them',
    load: () => import('./commands/tokens/index.ts'),
  },
  upstreams: {
    summary: 'servers behind the gateway and their pinned tools',
    load: () => import('./commands/upstreams/index.ts'),
  },
  secrets: {
    summary: 'credentials of upstreams, never shown',
    load: () => import('./commands/secrets/index.ts'),
  },
  policies: { summary: 'Cedar policy bundles', load: () => import('./commands/policies/index.ts') },
  approvals: {
    summary: 'what waits for a person; decided on its page with a passkey',
    load: () => import('./commands/approvals/index.ts'),
  },
  ledger: { summary: 'the evidence, and proofs of it', load: () => import('./commands/ledger/index.ts') },
  signals: { summary: 'stop agents, tools or everything', load: () => import('./commands/signals/index.ts') },
  reviews: {
    summary: 'what agents may do, reviewed against what they did',
    load: () => import('./commands/reviews/index.ts'),
  },
  organisations: {
    summary: 'other organisations, and the most they may be granted here',
    load: () => import('./commands/organisations/index.ts'),
  },
  drills: {
    summary: 'attacks tried on purpose, to see that they are contained',
    load: () => import('./commands/drills/index.ts'),
  },
  witness: {
    summary: "cosign the checkpoints of somebody else's ledger; needs no server",
    load: () => import('./commands/witness/index.ts'),
  },
  evidence: {
    summary: 'what speaks for and against the controls of frameworks, with its records',
    load: () => import('./commands/evidence/index.ts'),
  },
  config: { summary: 'the effective configuration', load: () => import('./commands/config/index.ts') },
};
