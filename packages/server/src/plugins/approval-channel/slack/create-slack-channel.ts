import { LogLevel, WebAPIPlatformError, WebAPIRateLimitedError, WebClient } from '@slack/web-api';
import { z } from 'zod';
import type { ApprovalChannel, Delivery, Outcome } from '../approval-channel.ts';
import { createSlackFetch } from './slack-fetch.ts';
import { writeBlocks, writeFallback } from './write-blocks.ts';

export interface SlackParts {
  readonly name: string;
  /** Read for each card, so that a change bites at once. */
  readToken(): Promise<string>;
  /** The one channel that shows every card; without it each person is written to. */
  readonly channel?: string;
  /** On this machine, for tests. */
  readonly apiUrl?: string;
}

/** Where a card stands; Slack's answers are hostile until this has read them. */
const placeSchema = z.object({
  channel: z.string().regex(/^[A-Z0-9]{2,24}$/),
  ts: z.string().regex(/^\d{1,12}\.\d{1,8}$/),
});
const openedSchema = z.object({ channel: z.object({ id: z.string().regex(/^[A-Z0-9]{2,24}$/) }) });
const eventType = 'countersign_card';
const foundSchema = z.object({
  messages: z.array(
    z.object({
      ts: z.string(),
      metadata: z
        .object({ event_type: z.string(), event_payload: z.record(z.string(), z.unknown()) })
        .optional(),
    }),
  ),
});

type Place = z.infer<typeof placeSchema>;

/** One message a card, changed in its place whenever the card changes. It has one link and nothing that decides. */
export function createSlackChannel(parts: SlackParts): ApprovalChannel {
  const isPlace = parts.channel !== undefined;
  return {
    ...{ name: parts.name, kind: 'slack', shows: 'every-change' },
    ...(isPlace
      ? { reach: 'place' as const, addresses: 'none' as const }
      : { reach: 'person' as const, addresses: 'proven' as const }),
    // Of a member, as Slack shows it under "Copy member ID".
    readAddress: (text) => (!isPlace && /^[UW][A-Z0-9]{2,20}$/.test(text) ? text : undefined),
    deliver: (delivery) => deliver(parts, delivery),
    async close() {},
  };
}

async function deliver(parts: SlackParts, delivery: Delivery): Promise<Outcome> {
  const channel = parts.channel ?? delivery.to?.address;
  if (channel === undefined || channel === null) return { outcome: 'refused', why: 'there is no address' };
  try {
    const client = new WebClient(await parts.readToken(), {
      fetch: createSlackFetch(delivery.signal, parts.apiUrl !== undefined),
      retryConfig: { retries: 0 },
      rejectRateLimitedCalls: true,
      allowAbsoluteUrls: false,
      logLevel: LogLevel.ERROR,
      // Nothing of a message or a token reaches standard output.
      logger: silent,
      ...(parts.apiUrl === undefined ? {} : { slackApiUrl: parts.apiUrl }),
    });
    const known = await findPlace(client, delivery, channel);
    const place =
      (known && (await change(client, known, delivery))) ?? (await show(client, channel, delivery));
    return { outcome: 'delivered', handle: JSON.stringify(place) };
  } catch (thrown) {
    return judge(thrown);
  }
}

const silent = {
  ...{ debug() {}, info() {}, warn() {}, error() {}, setLevel() {}, setName() {} },
  getLevel: () => LogLevel.ERROR,
};

async function show(client: WebClient, channel: string, { card }: Delivery): Promise<Place> {
  const answer = await client.chat.postMessage({
    ...{ channel, text: writeFallback(card), blocks: writeBlocks(card) },
    ...{ unfurl_links: false, unfurl_media: false, link_names: false, parse: 'none' },
    metadata: { event_type: eventType, event_payload: { card: card.id } },
  });
  return placeSchema.parse(answer);
}

/** Undefined when the message is gone, so that the card is shown anew. */
async function change(client: WebClient, place: Place, { card }: Delivery): Promise<Place | undefined> {
  try {
    await client.chat.update({
      ...{ channel: place.channel, ts: place.ts, text: writeFallback(card), blocks: writeBlocks(card) },
      ...{ link_names: false, parse: 'none' },
      metadata: { event_type: eventType, event_payload: { card: card.id } },
    });
    return place;
  } catch (thrown) {
    const gone = ['message_not_found', 'cant_update_message', 'edit_window_closed', 'channel_not_found'];
    if (thrown instanceof WebAPIPlatformError && gone.includes(thrown.data.error)) return undefined;
    throw thrown;
  }
}

/**
 * Where the card stands already. An attempt that was cut off may have shown it: its own message is looked for, so that no
 * copy is left behind that says for ever that somebody must decide.
 */
async function findPlace(
  client: WebClient,
  { card, handle, isRepeat, to }: Delivery,
  channel: string,
): Promise<Place | undefined> {
  if (handle !== null) return placeSchema.parse(JSON.parse(handle));
  if (!isRepeat) return undefined;
  try {
    const id =
      to === null
        ? channel
        : openedSchema.parse(await client.conversations.open({ users: channel })).channel.id;
    const answer = await client.conversations.history({
      channel: id,
      include_all_metadata: true,
      limit: 100,
    });
    const { messages } = foundSchema.parse(answer);
    const own = messages.find(
      ({ metadata }) => metadata?.event_type === eventType && metadata.event_payload.card === card.id,
    );
    return own === undefined ? undefined : placeSchema.parse({ channel: id, ts: own.ts });
  } catch (thrown) {
    // Without the right to read, one message too many is better than none.
    if (thrown instanceof WebAPIPlatformError && thrown.data.error === 'missing_scope') return undefined;
    throw thrown;
  }
}

const neverAgain = ['channel_not_found', 'user_not_found', 'is_archived', 'user_disabled', 'cannot_dm_bot'];

function judge(thrown: unknown): Outcome {
  if (thrown instanceof WebAPIRateLimitedError) {
    const seconds = Math.min(Math.max(thrown.retryAfter, 1), 3_600);
    return { outcome: 'failed', why: 'Slack asks for patience', retryAfterMilliseconds: seconds * 1000 };
  }
  if (thrown instanceof WebAPIPlatformError) {
    const code = neverAgain.find((one) => one === thrown.data.error);
    if (code !== undefined) return { outcome: 'refused', why: `Slack said ${code}` };
    return { outcome: 'failed', why: 'Slack refused the card' };
  }
  return { outcome: 'failed', why: 'Slack cannot be understood or reached' };
}
