import type { Fixed, Json } from './column.ts';

/** What people are told, and where. */
export interface ChannelTables {
  /** Written in the transaction that makes it true; gone once every card that follows from it is owed. */
  channel_news: {
    id: Fixed<string>;
    /** One of the two says what it is about. */
    approval_id: Fixed<string | null>;
    person_id: Fixed<string | null>;
    kind: Fixed<string>;
    /** Of news for a person: whom or what it is about, and the path where they see it. */
    subject: Fixed<string>;
    link: Fixed<string>;
    at: Fixed<number>;
  };
  /** One copy of one card: owed while `sent_revision` is less than `revision`. */
  channel_cards: {
    id: Fixed<string>;
    /** The approval, the news for a person, or the hour of a digest. */
    card_key: Fixed<string>;
    /** As the configuration names it. */
    channel: Fixed<string>;
    /** Empty where the channel is a place that many read. */
    person_id: Fixed<string>;
    /** The newest that it is to show. */
    news: string;
    /** What is not read from an approval. */
    content: Json | null;
    revision: number;
    sent_revision: number;
    /** Of what was sent last, so that nothing is said twice. */
    sent_digest: string | null;
    /** What the channel needs to change the copy. */
    handle: string | null;
    /** Whether an attempt was ever made, which may have worked. */
    tried: number;
    attempts: number;
    /** When it is tried next; null when nothing is owed, or it was given up. */
    next_at: number | null;
    owed_since: number;
    created_at: Fixed<number>;
    /** Why it was given up. */
    failure: string | null;
  };
  person_channels: {
    person_id: Fixed<string>;
    channel: Fixed<string>;
    is_on: number;
    address: string | null;
    verified_at: number | null;
    code_digest: string | null;
    code_expires_at: number | null;
    code_tries: number;
    changed_at: number;
  };
  push_subscriptions: {
    id: Fixed<string>;
    person_id: Fixed<string>;
    endpoint_digest: Fixed<string>;
    /** Endpoint and keys: who has them can write to the device. */
    sealed: Fixed<string>;
    device: Fixed<string>;
    created_at: Fixed<number>;
  };
  channel_keys: {
    name: Fixed<string>;
    public_part: Fixed<string>;
    sealed: Fixed<string>;
    created_at: Fixed<number>;
  };
  inbox_cards: {
    card_id: Fixed<string>;
    person_id: Fixed<string>;
    shown: Json;
    created_at: Fixed<number>;
    changed_at: number;
  };
}
