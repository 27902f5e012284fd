/** What people are to be told, on which channels, and what each of them shows by now. */
export const migration0030 = {
  name: '0030-channels',
  statements: [
    `CREATE TABLE channel_news (
      id TEXT PRIMARY KEY,
      approval_id TEXT,
      person_id TEXT,
      kind TEXT NOT NULL,
      subject TEXT NOT NULL,
      link TEXT NOT NULL,
      at {integer} NOT NULL
    )`,
    `CREATE TABLE channel_cards (
      id TEXT PRIMARY KEY,
      card_key TEXT NOT NULL,
      channel TEXT NOT NULL,
      person_id TEXT NOT NULL,
      news TEXT NOT NULL,
      content TEXT,
      revision {integer} NOT NULL,
      sent_revision {integer} NOT NULL,
      sent_digest TEXT,
      handle TEXT,
      tried {integer} NOT NULL,
      attempts {integer} NOT NULL,
      next_at {integer},
      owed_since {integer} NOT NULL,
      created_at {integer} NOT NULL,
      failure TEXT,
      UNIQUE (card_key, channel, person_id)
    )`,
    'CREATE INDEX channel_cards_by_due ON channel_cards (channel, next_at)',
    'CREATE INDEX channel_cards_by_person ON channel_cards (person_id, created_at)',
    `CREATE TABLE person_channels (
      person_id TEXT NOT NULL,
      channel TEXT NOT NULL,
      is_on {integer} NOT NULL,
      address TEXT,
      verified_at {integer},
      code_digest TEXT,
      code_expires_at {integer},
      code_tries {integer} NOT NULL,
      changed_at {integer} NOT NULL,
      PRIMARY KEY (person_id, channel)
    )`,
    `CREATE TABLE push_subscriptions (
      id TEXT PRIMARY KEY,
      person_id TEXT NOT NULL,
      endpoint_digest TEXT NOT NULL UNIQUE,
      sealed TEXT NOT NULL,
      device TEXT NOT NULL,
      created_at {integer} NOT NULL
    )`,
    'CREATE INDEX push_subscriptions_by_person ON push_subscriptions (person_id)',
    `CREATE TABLE channel_keys (
      name TEXT PRIMARY KEY,
      public_part TEXT NOT NULL,
      sealed TEXT NOT NULL,
      created_at {integer} NOT NULL
    )`,
    `CREATE TABLE inbox_cards (
      card_id TEXT PRIMARY KEY,
      person_id TEXT NOT NULL,
      shown TEXT NOT NULL,
      created_at {integer} NOT NULL,
      changed_at {integer} NOT NULL
    )`,
    'CREATE INDEX inbox_cards_by_person ON inbox_cards (person_id, created_at)',
  ],
} as const;
