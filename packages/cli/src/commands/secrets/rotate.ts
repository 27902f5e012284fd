import { defineCommand } from '../../command.ts';
import { formatTime } from '../../output/format-time.ts';
import { parseDuration } from '../../parse-options.ts';
import { readValue } from './read-value.ts';
import { ageFields, type SecretFacts } from './secret.ts';

const defaultOverlapSeconds = 600;

export const rotateSecret = defineCommand<{ file?: string; overlap: number }>({
  usage: 'rotate <name>',
  summary: 'give a credential a new value; the one before stays good for the overlap',
  options: [
    { flags: '--file <file>', summary: 'read the new value from here instead of standard input' },
    {
      flags: '--overlap <duration>',
      summary: 'how long the value before stays good, at most 24h',
      parse: parseDuration,
      initial: defaultOverlapSeconds,
    },
  ],
  examples: ['secrets rotate payments-api-key --file new.txt --overlap 10m'],
  async run(session, { file, overlap }, name = '') {
    const value = await readValue(session, file);
    const path = `/v1/secrets/${encodeURIComponent(name)}/rotate`;
    const rotated = await session.api().send<SecretFacts>('POST', path, { value, overlapSeconds: overlap });
    session.print.item(rotated, ageFields(session.now()));
    if (rotated.previousUntil !== null)
      session.print.note(`Revoke the value before at its issuer after ${formatTime(rotated.previousUntil)}.`);
    return undefined;
  },
});
