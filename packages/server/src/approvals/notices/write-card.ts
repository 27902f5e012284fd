import type { Effect } from '@countersign/core';
import type { Card } from '../../plugins/approval-channel/approval-channel.ts';
import { writePlain } from '../../plugins/approval-channel/write-plain.ts';
import { readOutcome } from '../checks/read-outcome.ts';
import type { StoredApproval } from '../read-approval.ts';
import type { PersonNewsKind } from './note-person-news.ts';

const longestName = 60;

/** What a card shows that is not read from an approval. */
export type CardContent =
  | {
      readonly about: 'news';
      readonly kind: PersonNewsKind | 'channel_failed';
      readonly subject: string;
      readonly link: string;
    }
  | { readonly about: 'digest'; readonly count: number };

/** What a lock screen may show of the worst that the action can do, and its tier. */
const verbs: readonly (readonly [Effect, string, number])[] = [
  ['admin', 'administer', 3],
  ['spend', 'spend', 3],
  ['egress', 'send data out', 3],
  ['write', 'write', 2],
  ['read', 'read', 1],
];

/** The card of an approval as it is now: agent, verb and tier, where it stands, and nothing of the action's values. */
export function writeApprovalCard(id: string, approval: StoredApproval, news: string, link: string): Card {
  const { presented } = approval;
  const isFinal = approval.state !== 'requested';
  return {
    ...{
      id,
      about: 'approval',
      news,
      link,
      isFinal,
      state: approval.state === 'requested' ? 'open' : approval.state,
    },
    sentence: `${writePlain(presented.agentName, longestName)} ${describeWish(approval)}`,
    status: describeStatus(approval, news),
    isUrgent: isFinal ? isGlassBroken(approval) : news !== 'voted',
    deadline: approval.expiresAt,
    matchCode: isFinal ? null : presented.matchCode,
    approvalId: approval.id,
  };
}

function describeWish({ kind, presented }: StoredApproval): string {
  if (kind === 'authority') return 'asks you for authority';
  if (kind === 'amendment') return 'asks to do more in its task';
  const [, verb, tier] = verbs.find(([effect]) => presented.effects.includes(effect)) ?? ['admin', 'act', 3];
  return `wants to ${verb} (tier ${presented.tier ?? tier})`;
}

function describeStatus(approval: StoredApproval, news: string): string {
  const { state, given, requirement } = approval;
  // How it ended is for the eyes of who was checked; a lock screen has others.
  if (readOutcome(approval) !== undefined) return 'This was a check: nothing was real. Its page says more';
  const nameAll = (outcome: 'approve' | 'deny'): string =>
    joinNames(given.filter((vote) => vote.outcome === outcome).map((vote) => vote.personName));
  const approvers = nameAll('approve');
  if (isGlassBroken(approval))
    return `Glass broken by ${approvers}, who let it through alone${glassEnds[state] ?? ''}`;
  switch (state) {
    case 'requested': {
      const count = given.filter((vote) => vote.outcome === 'approve').length;
      const votes = requirement.quorum > 1 ? `, ${count} of ${requirement.quorum} have approved` : '';
      return `${openings[news] ?? 'Waiting for a decision'}${votes}`;
    }
    case 'approved':
    case 'released': {
      const used = state === 'released' ? ', used' : '';
      return `Approved by ${approvers}${used}`;
    }
    case 'denied':
      return `Denied by ${nameAll('deny')}`;
    case 'expired':
      return approvers === ''
        ? 'Nobody decided in time: refused'
        : 'Not enough approvals in time, or not used: refused';
    case 'cancelled':
      return 'Withdrawn: nothing to decide any more';
  }
}

/** However it ended, nobody reads past who let it through. */
const glassEnds: Readonly<Record<string, string>> = {
  released: ', used',
  expired: ', not used in time',
  cancelled: ', withdrawn unused',
};

export function isGlassBroken({ given }: Pick<StoredApproval, 'given'>): boolean {
  return given.some(({ evidence }) => evidence.brokeGlass !== undefined);
}

const openings: Readonly<Record<string, string>> = {
  escalated: 'Escalated: waiting for a decision',
  reminded: 'Still waiting for a decision',
  paused: 'The agent was paused; the request still waits',
};

function joinNames(names: readonly string[]): string {
  const shown = names.slice(0, 5).map((name) => writePlain(name, longestName));
  return names.length > shown.length
    ? `${shown.join(', ')} and ${names.length - shown.length} more`
    : shown.join(', ');
}

const sayings: Readonly<
  Record<Extract<CardContent, { about: 'news' }>['kind'], (subject: string) => string>
> = {
  agent_paused: (subject) => `Your agent ${subject} was paused`,
  agents_orphaned: (subject) => `Agents have no owner any more: ${subject}`,
  review_due: (subject) => `An access review is due: ${subject}`,
  recovery_asked: (subject) => `Somebody asks to recover an account: ${subject}`,
  passkey_confirmed: (subject) => `An administrator confirmed a passkey of the account: ${subject}`,
  handover_asked: (subject) => `You are asked to take over an agent: ${subject}`,
  channel_failed: (subject) => `You could not be told on the channel ${subject}`,
};

/** The card of what concerns a person, or of all that is beyond what they are told one by one. */
export function writeContentCard(id: string, content: CardContent, publicUrl: string): Card {
  const rest = { id, isFinal: true, isUrgent: true, deadline: null, matchCode: null, approvalId: null };
  if (content.about === 'digest') {
    const { count } = content;
    return {
      ...{ ...rest, about: 'digest', news: 'asked', state: 'told', link: `${publicUrl}/approvals` },
      sentence: `${count} more ${count === 1 ? 'request waits' : 'requests wait'} in your inbox`,
      status: 'You are asked more than you are told one by one',
    };
  }
  return {
    ...{ ...rest, about: 'news', news: content.kind, state: 'told', link: `${publicUrl}${content.link}` },
    sentence: sayings[content.kind](writePlain(content.subject, 120)),
    status: 'Look at it when you can',
  };
}
