import type { Card } from '../approval-channel.ts';

/** Of `chat.postMessage` and `chat.update`. Every text is plain text to Slack: nothing in it is markup, a mention or a link. */
export function writeBlocks(card: Card) {
  const code = card.matchCode === null || card.isFinal ? '' : ` · code ${card.matchCode}`;
  return [
    { type: 'section' as const, text: plain(card.sentence) },
    { type: 'context' as const, elements: [plain(`${card.status}${code}`)] },
    {
      type: 'actions' as const,
      elements: [
        // A link and nothing else: what Slack tells us of a press on it is never listened to.
        {
          type: 'button' as const,
          action_id: 'open',
          url: card.link,
          text: plain(card.isFinal ? 'See it' : 'Look at it'),
        },
      ],
    },
  ];
}

/** For notifications, which read markup. */
export function writeFallback({ sentence, status }: Card): string {
  return `${sentence} · ${status}`.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;');
}

function plain(text: string) {
  return { type: 'plain_text' as const, text, emoji: false };
}
