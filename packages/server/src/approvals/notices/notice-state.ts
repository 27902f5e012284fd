import type { ApprovalChannel } from '../../plugins/approval-channel/approval-channel.ts';

export type InboxListener = (personId: string, cardId: string) => void;

/** The channels of this server and what is on its way to them. */
export interface NoticeState {
  /** By name, the inbox first. */
  readonly channels: ReadonlyMap<string, ApprovalChannel>;
  /** Runs whenever a card of an inbox changes. */
  onInbox(listener: InboxListener): () => void;
  /** Runs whenever this gateway has put a card into an inbox. */
  onDelivered(listener: (cardId: string) => void): () => void;
  /** Another gateway has. */
  tellInbox: InboxListener;
  /** Deliveries under way, by card: no card has two at once. */
  readonly underWay: Map<string, { readonly channel: string; readonly done: Promise<void> }>;
  /** Waits for deliveries under way; each ends by itself within seconds. */
  close(): Promise<void>;
}

export async function createNoticeState(
  createChannels: (tell: InboxListener) => Promise<ReadonlyMap<string, ApprovalChannel>>,
): Promise<NoticeState> {
  const listeners = new Set<InboxListener>();
  const deliveredListeners = new Set<(cardId: string) => void>();
  const tellInbox: InboxListener = (personId, cardId) => {
    for (const listener of listeners) listener(personId, cardId);
  };
  const channels = await createChannels((personId, cardId) => {
    tellInbox(personId, cardId);
    for (const listener of deliveredListeners) listener(cardId);
  });
  const underWay: NoticeState['underWay'] = new Map();
  return {
    channels,
    underWay,
    tellInbox,
    onDelivered(listener) {
      deliveredListeners.add(listener);
      return () => deliveredListeners.delete(listener);
    },
    onInbox(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    async close() {
      await Promise.all([...underWay.values()].map(({ done }) => done));
      for (const channel of channels.values()) await channel.close();
    },
  };
}
