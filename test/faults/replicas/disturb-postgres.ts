import { setTimeout as sleep } from 'node:timers/promises';
import type { DatabasePair } from './pair.ts';

const PAUSE_MILLISECONDS = 40;

// Rows wait beside the table for up to 400 ms, and some of them come twice.
const install = `
  CREATE TABLE IF NOT EXISTS disturbed (publisher TEXT, sequence BIGINT, body BYTEA, due TIMESTAMPTZ);
  CREATE OR REPLACE FUNCTION disturb() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      IF current_setting('disturb.passes', true) = 'yes' THEN RETURN NEW; END IF;
      INSERT INTO disturbed VALUES (NEW.publisher, NEW.sequence, NEW.body, now() + random() * interval '400 ms');
      IF random() < 0.4 THEN
        INSERT INTO disturbed VALUES (NEW.publisher || '-again', NEW.sequence, NEW.body, now() + random() * interval '400 ms');
      END IF;
      RETURN NULL;
    END $$;
  CREATE OR REPLACE TRIGGER disturb BEFORE INSERT ON signal_messages FOR EACH ROW EXECUTE FUNCTION disturb()`;

const release = `SET disturb.passes = 'yes';
  WITH due AS (DELETE FROM disturbed WHERE due < now() RETURNING publisher, sequence, body)
  INSERT INTO signal_messages (publisher, sequence, body) SELECT publisher, sequence, body FROM due ORDER BY random()
  ON CONFLICT DO NOTHING;
  NOTIFY countersign_signals`;

/** The same for messages that are rows. Resolves when it has begun; the function ends it, with nothing held back. */
export async function disturbPostgres(pair: DatabasePair): Promise<() => Promise<void>> {
  await pair.query(install);
  let isOver = false;
  const releasing = (async () => {
    while (!isOver) {
      await pair.query(release).catch(() => {});
      await sleep(PAUSE_MILLISECONDS);
    }
  })();
  return async () => {
    isOver = true;
    await releasing;
    await pair.query('DROP TRIGGER IF EXISTS disturb ON signal_messages; UPDATE disturbed SET due = now()');
    await pair.query(release);
  };
}
