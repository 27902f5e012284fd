import { redactSecrets } from '../redact-secrets.ts';

/** Takes credentials out of a body that is passed on as it comes. */
export interface BodyRedactor {
  /** What may be passed on after this piece; it may be empty, and hold what came before. */
  push(chunk: Buffer): Buffer;
  /** The rest. */
  end(): Buffer;
  /** How many times a credential was taken out. */
  readonly redacted: number;
}

// Longer than any spelling that is looked for: one that is cut in two by the pieces is found all the same.
const heldCharacters = 8_192;
const mostLine = 65_536;
const lines = /^(?:text\/|application\/(?:[a-z0-9.+-]*(?:jsonl?|ndjson|json-seq|stream\+json)|x-ndjson)$)/;

/** Text is passed on line by line, so that events arrive when they happen; anything else a little late. */
export function createBodyRedactor(values: readonly string[], type: string): BodyRedactor {
  const isLines = lines.test(type);
  let held = '';
  let redacted = 0;
  const clean = (): void => {
    const { value, redacted: count } = redactSecrets(held, values);
    held = String(value);
    redacted += count;
  };
  return {
    push(chunk) {
      if (values.length === 0) return chunk;
      // One character for each byte, so that any body comes out as it went in.
      held += chunk.toString('latin1');
      const line = isLines ? held.lastIndexOf('\n') + 1 : 0;
      const isLong = held.length > (isLines ? mostLine : heldCharacters);
      if (line === 0 && !isLong) return Buffer.alloc(0);
      clean();
      const end = line > 0 ? held.lastIndexOf('\n') + 1 : Math.max(0, held.length - heldCharacters);
      const ready = held.slice(0, end);
      held = held.slice(end);
      return Buffer.from(ready, 'latin1');
    },
    end() {
      clean();
      const rest = Buffer.from(held, 'latin1');
      held = '';
      return rest;
    },
    get redacted() {
      return redacted;
    },
  };
}
