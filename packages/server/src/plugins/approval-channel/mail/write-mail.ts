import { escapeHtml } from '../../../http/html.ts';
import type { Delivery } from '../approval-channel.ts';

export interface WrittenMail {
  readonly messageId: string;
  readonly inReplyTo?: string;
  readonly references?: string;
  readonly subject: string;
  readonly text: string;
  readonly html: string;
}

const why =
  'You get this because you may decide it, or are to know of it. Deciding needs your passkey: a reply does nothing.';

/**
 * The mail of a card: plain text, and the same as HTML that loads nothing. What comes later stands in the thread of the
 * first (RFC 5322 §3.6.4).
 */
export function writeMail({ id, card, handle }: Delivery, domain: string): WrittenMail {
  const isFirst = handle === null;
  const thread = handle ?? `<${card.id}@${domain}>`;
  const code = card.matchCode === null ? [] : [`Code on the agent's screen: ${card.matchCode}`];
  const deadline =
    card.deadline === null || card.isFinal
      ? []
      : [`Until ${formatMinute(card.deadline)}; then the answer is no.`];
  const lines = [card.status, ...code, ...deadline];
  const action = card.isFinal ? 'See it' : 'Look at it';
  return {
    messageId: isFirst ? thread : `<${id}@${domain}>`,
    ...(isFirst ? {} : { inReplyTo: thread, references: thread }),
    // The same words, so that mailboxes that group by subject keep them together.
    subject: `${isFirst ? '' : 'Re: '}${card.sentence}`,
    text: [card.sentence, '', ...lines, '', `${action}: ${card.link}`, '', why, ''].join('\n'),
    html: [
      '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Countersign</title></head><body>',
      `<p><strong>${escapeHtml(card.sentence)}</strong></p>`,
      ...lines.map((line) => `<p>${escapeHtml(line)}</p>`),
      `<p><a href="${escapeHtml(card.link)}">${action}</a><br>${escapeHtml(card.link)}</p>`,
      `<p><small>${escapeHtml(why)}</small></p>`,
      '</body></html>',
    ].join('\n'),
  };
}

function formatMinute(at: number): string {
  return `${new Date(at).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}
