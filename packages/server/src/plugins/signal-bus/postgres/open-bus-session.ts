import { Client, type ClientConfig } from 'pg';
import { type BusMessage, mostMessageBytes } from '../signal-bus.ts';

/** One connection that has joined. */
export interface BusSession {
  /** From now on every new row is heard, and none twice. */
  follow(): void;
  write(message: BusMessage): Promise<void>;
  end(): void;
}

export interface BusSessionEvents {
  heard(bytes: Uint8Array): void;
  /** The connection broke; once. */
  lost(): void;
}

const channel = 'countersign_signals';
const patienceMilliseconds = 2_000;
const rowsAtOnce = 500;
const keptSeconds = 60;
const keptRows = 10_000;
const writesBetweenSweeps = 200;
/** Any number, the same for every release: makes the order of rows the order of their commits. */
const lockKey = '4841369599423283247';

// A message lost with the server is nothing the gateways rely on; none of them waits for the disk.
const prepare = `SET client_min_messages = 'warning'; SET synchronous_commit = off; SET statement_timeout = ${patienceMilliseconds};
  BEGIN; SELECT pg_advisory_xact_lock(${lockKey});
  CREATE TABLE IF NOT EXISTS signal_messages (
    position BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    publisher TEXT NOT NULL, sequence BIGINT NOT NULL, body BYTEA NOT NULL, at TIMESTAMPTZ NOT NULL DEFAULT now(),
    UNIQUE (publisher, sequence)
  );
  COMMIT; LISTEN ${channel};`;

const write = `WITH turn AS MATERIALIZED (SELECT pg_advisory_xact_lock(${lockKey}))
  INSERT INTO signal_messages (publisher, sequence, body) SELECT $1::text, $2::bigint, $3::bytea FROM turn
  ON CONFLICT (publisher, sequence) DO NOTHING`;

const sweep = `DELETE FROM signal_messages WHERE at < now() - interval '${keptSeconds} seconds'
  OR position <= (SELECT max(position) FROM signal_messages) - ${keptRows}`;

// A row may be anybody's: what is too large is passed over without being fetched.
const read = `SELECT position, CASE WHEN octet_length(body) <= ${mostMessageBytes} THEN body END AS body
  FROM signal_messages WHERE position > $1 ORDER BY position LIMIT ${rowsAtOnce}`;

/** Rejects when the server cannot be reached, with what it said. */
export async function openBusSession(database: ClientConfig, events: BusSessionEvents): Promise<BusSession> {
  const client = new Client({ ...database, query_timeout: patienceMilliseconds });
  client.on('error', () => {});
  try {
    await client.connect();
    await client.query(prepare);
    const { rows } = await client.query('SELECT coalesce(max(position), 0) AS last FROM signal_messages');
    return new JoinedSession(client, Number(rows[0]?.last), events);
  } catch (error) {
    closeSoon(client);
    throw error;
  }
}

class JoinedSession implements BusSession {
  readonly #client: Client;
  readonly #events: BusSessionEvents;
  #last: number;
  #writes = 0;
  #isReading = false;
  #isNews = false;
  #isOver = false;

  constructor(client: Client, last: number, events: BusSessionEvents) {
    this.#client = client;
    this.#events = events;
    this.#last = last;
    const lose = (): void => this.#lose();
    client.on('error', lose).on('end', lose);
    client.on('notification', () => this.follow());
  }

  follow(): void {
    this.#isNews = true;
    if (this.#isReading) return;
    this.#isReading = true;
    this.#readNew().catch(() => this.#lose());
  }

  async write({ publisher, sequence, bytes }: BusMessage): Promise<void> {
    await this.#client.query(write, [publisher, sequence, Buffer.from(bytes)]);
    // By itself, after the row is there: a notification that came first would find nothing.
    await this.#client.query(`NOTIFY ${channel}`);
    this.#writes += 1;
    if (this.#writes % writesBetweenSweeps === 0) await this.#client.query(sweep);
  }

  end(): void {
    this.#isOver = true;
    closeSoon(this.#client);
  }

  async #readNew(): Promise<void> {
    while (this.#isNews) {
      this.#isNews = false;
      const { rows } = await this.#client.query(read, [this.#last]);
      for (const { position, body } of rows) {
        this.#last = Number(position);
        if (body !== null) this.#events.heard(body);
      }
      if (rows.length === rowsAtOnce) this.#isNews = true;
    }
    this.#isReading = false;
  }

  #lose(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#events.lost();
  }
}

/** Without waiting for the other side, which may never answer. */
function closeSoon(client: Client): void {
  client.end().catch(() => {});
  client.connection.stream.destroy();
}
