import type { Readable } from 'node:stream';
import type { Logger } from 'pino';
import { redactText } from './redact-secrets.ts';

const longestLine = 2_000;
const linesPerWindow = 100;
const windowMilliseconds = 10_000;

/**
 * Writes what a process says on its error stream to the log: without the secrets it was given, cut to a bound, and not
 * more than the log can bear. Always drains the stream, so that the process never waits for us.
 */
export function logStderr(
  stream: Readable,
  log: Logger,
  secrets: readonly string[],
  now: () => number,
): void {
  let rest = '';
  let windowStart = 0;
  let lines = 0;
  let dropped = 0;
  const write = (line: string): void => {
    if (now() - windowStart > windowMilliseconds) {
      if (dropped > 0) log.warn({ dropped }, 'the upstream says too much on its error stream');
      windowStart = now();
      lines = 0;
      dropped = 0;
    }
    if (++lines > linesPerWindow) dropped++;
    else if (line.trim() !== '') log.debug({ line }, 'upstream');
  };
  stream.setEncoding('utf8');
  stream.on('data', (text: string) => {
    const [first = '', ...more] = text.split('\n');
    rest += first;
    for (const next of more) {
      write(clean(rest, secrets));
      rest = next;
    }
    // Twice the bound, so that a secret at the end of what is shown is still seen whole and taken out.
    if (rest.length > 2 * longestLine) rest = rest.slice(0, 2 * longestLine);
  });
  stream.on('error', () => {});
}

function clean(line: string, secrets: readonly string[]): string {
  return redactText(line, secrets)
    .slice(0, longestLine)
    .replaceAll(/\p{Cc}/gu, ' ');
}
