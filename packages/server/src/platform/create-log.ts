import pino, { type Logger } from 'pino';
import type { Config } from '../config/index.ts';

/** JSON lines on standard error; authorisation headers and the like are never among what is logged. */
export function createLog({ log }: Pick<Config, 'log'>): Logger {
  return pino(
    { level: log.level, base: null, timestamp: pino.stdTimeFunctions.isoTime },
    pino.destination(2),
  );
}
