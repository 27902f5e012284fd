import { type AgentState, agentStates } from './agents/agent.ts';
import { type ApprovalFilter, approvalFilters } from './approvals/approval.ts';
import type { StopState } from './signals/stop.ts';

/** The state of each view, as its address holds it. Hostile: it comes from a link. */
type Search = Readonly<Record<string, unknown>>;

export interface FrameSearch {
  /** What the stop dialog is open for: see `readStopTarget`. */
  readonly stop?: string;
}
export const readFrameSearch = (search: Search): FrameSearch => pickText(search, 'stop', 600);

export const verdicts = ['allow', 'ask', 'deny'] as const;
export interface NowSearch {
  readonly show?: (typeof verdicts)[number];
}
export const readNowSearch = (search: Search): NowSearch => pickWord(search, 'show', verdicts);

export interface ApprovalsSearch {
  readonly filter?: ApprovalFilter;
}
export const readApprovalsSearch = (search: Search): ApprovalsSearch =>
  pickWord(search, 'filter', approvalFilters);

export interface AgentsSearch {
  readonly name?: string;
  readonly state?: AgentState;
  readonly cursor?: string;
}
export const readAgentsSearch = (search: Search): AgentsSearch => ({
  ...pickText(search, 'name', 63),
  ...pickWord(search, 'state', agentStates),
  ...pickText(search, 'cursor', 64),
});

/** What led to a record, or what followed from it. */
export const walks = ['why', 'impact'] as const;
export type Walk = (typeof walks)[number];

export interface LedgerSearch {
  readonly q?: string;
  readonly follow?: 'no';
  readonly walk?: Walk;
}
export const readLedgerSearch = (search: Search): LedgerSearch => ({
  ...pickText(search, 'q', 264),
  ...pickWord(search, 'follow', ['no'] as const),
  ...pickWord(search, 'walk', walks),
});

export interface SignalsSearch {
  readonly state?: StopState;
}
export const readSignalsSearch = (search: Search): SignalsSearch =>
  pickWord(search, 'state', ['inForce', 'all'] as const);

export interface PageSearch {
  readonly cursor?: string;
}
export const readPageSearch = (search: Search): PageSearch => pickText(search, 'cursor', 128);

export interface ToolsSearch {
  /** The tool that is open. Names of tools hold dots and slashes, which are no good in a path. */
  readonly tool?: string;
}
export const readToolsSearch = (search: Search): ToolsSearch => pickText(search, 'tool', 128);

function pickText<N extends string>(search: Search, name: N, most: number): { readonly [K in N]?: string } {
  const value = search[name];
  const picked = typeof value === 'string' && value !== '' && value.length <= most ? { [name]: value } : {};
  return picked as { readonly [K in N]?: string };
}

function pickWord<N extends string, W extends string>(
  search: Search,
  name: N,
  words: readonly W[],
): { readonly [K in N]?: W } {
  const word = words.find((known) => known === search[name]);
  return (word === undefined ? {} : { [name]: word }) as { readonly [K in N]?: W };
}
