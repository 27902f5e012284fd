import { readLocalTime } from './local-time.ts';

/** When a person does not want to be told, every day. Minutes since midnight; past midnight when it ends before it starts. */
export interface QuietHours {
  readonly fromMinute: number;
  readonly untilMinute: number;
  /** IANA name. */
  readonly timeZone: string;
}

export function isQuiet({ fromMinute, untilMinute, timeZone }: QuietHours, at: number): boolean {
  const { minute } = readLocalTime(timeZone, at);
  return fromMinute <= untilMinute
    ? fromMinute <= minute && minute < untilMinute
    : minute >= fromMinute || minute < untilMinute;
}
