import type { ApprovalChannel } from '../../plugins/approval-channel/approval-channel.ts';

export type InboxListener = (personId: string, cardId: string) => void;

/** The channels of this server and what is on its way to them. */
export interface NoticeState {
  /** By name, the inbox first. */
  readonly channels: ReadonlyMap<string, ApprovalChannel>;
  /** Runs whenever a card of an inbox changes. */
  onInbox(listener: InboxListener): () => void;
  /** Deliveries under way, by card: no card has two at once. */
  readonly underWay: Map<string, { readonly channel: string; readonly done: Promise<void> }>;
  /** Waits for deliveries under way; each ends by itself within seconds. */
  close(): Promise<void>;
}

export async function createNoticeState(
  createChannels: (tell: InboxListener) => Promise<ReadonlyMap<string, ApprovalChannel>>,
): Promise<NoticeState> {
  const listeners = new Set<InboxListener>();
  const channels = await createChannels((personId, cardId) => {
    for (const listener of listeners) listener(personId, cardId);
  });
  const underWay: NoticeState['underWay'] = new Map();
  return {
    channels,
    underWay,
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
