import { formatTime } from '../../output/format-time.ts';
import { showHonestly } from '../../output/honest-text.ts';
import { type Column, ShownText } from '../../output/printer.ts';

export interface Approval {
  readonly id: string;
  readonly kind: 'call' | 'once' | 'authority' | 'amendment';
  readonly state: string;
  readonly agentId: string;
  readonly upstream: string;
  readonly tool: string;
  readonly approvals: number;
  readonly requirement: { readonly approvers: readonly string[]; readonly quorum: number };
  readonly requestedAt: number;
  readonly expiresAt: number;
  readonly presented: {
    readonly sentence: readonly { readonly text: string }[];
    readonly agentName: string;
    readonly matchCode: string;
    readonly chips: readonly string[];
    readonly consequence: string;
    /** Older requests have neither. */
    readonly tier?: number;
    readonly steps?: readonly { readonly text: string; readonly isTainted: boolean }[];
  };
  /** Of a drill, or of a check that is over; absent at a server that knows none. */
  readonly drill?: string | null;
  readonly link: string;
}

export const approvalFields: readonly Column<Approval>[] = [
  ['ID', ({ id }) => id],
  ['STATE', ({ state, approvals, requirement }) => `${state} ${approvals}/${requirement.quorum}`],
  ['CODE', ({ presented }) => presented.matchCode],
  ['AGENT', ({ presented }) => presented.agentName],
  ['ACTION', nameAction],
  ['ASKED', ({ requirement }) => requirement.approvers],
  ['UNTIL', ({ expiresAt }) => formatTime(expiresAt)],
];

export const approvalDetailFields: readonly Column<Approval>[] = [
  ...approvalFields,
  ['WHAT', (approval) => new ShownText(describeAction(approval))],
  ['TIER', ({ presented }) => (presented.tier === undefined ? '' : `${presented.tier} of 3`)],
  ['UNUSUAL', ({ presented }) => presented.chips],
  ['FOLLOWS', ({ presented }) => presented.consequence],
  ['HOW', ({ presented }) => (presented.steps ?? []).map(describeStep)],
  ['LINK', ({ link }) => link],
];

function describeStep({ text, isTainted }: { readonly text: string; readonly isTainted: boolean }): string {
  return isTainted ? `! ${text}` : text;
}

function nameAction({ kind, upstream, tool, drill }: Approval): string {
  const names = { authority: 'authority', amendment: 'plan of its task' } as const;
  const name = kind === 'authority' || kind === 'amendment' ? names[kind] : `${upstream}/${tool}`;
  return typeof drill === 'string' ? `${name} (${isCheck(drill) ? 'check' : 'drill'})` : name;
}

/** What a person is asked, in one sentence. */
export function describeAction({ presented, drill }: Approval): string {
  const words = presented.sentence.map(({ text }) => text).join('');
  if (typeof drill !== 'string') return showHonestly(words);
  return showHonestly(`${isCheck(drill) ? 'CHECK, nothing was real' : 'DRILL, releases nothing'}: ${words}`);
}

/** Whether it was one that the reader was checked with; an open one looks like any other. */
function isCheck(drill: string): boolean {
  return drill.startsWith('chk_');
}
