import { readFileSync } from 'node:fs';
import { CliError } from './cli-error.ts';

/** Gathers an option that may be given many times. */
export function collect(value: string, earlier: unknown): readonly string[] {
  return [...(Array.isArray(earlier) ? (earlier as string[]) : []), value];
}

/** A whole number from zero. */
export function parseCount(value: string): number {
  if (!/^\d{1,15}$/.test(value)) throw new CliError(`${value} is not a whole number`);
  return Number(value);
}

const unitSeconds = { s: 1, m: 60, h: 3600, d: 86_400 } as const;

/** `90s`, `15m`, `8h`, `30d`, or a number of seconds. In seconds. */
export function parseDuration(value: string): number {
  const match = /^(\d{1,9})(s|m|h|d)?$/.exec(value);
  if (match === null) throw new CliError(`${value} is not a duration such as 90s, 15m, 8h or 30d`);
  const unit = (match[2] ?? 's') as keyof typeof unitSeconds;
  return Number(match[1]) * unitSeconds[unit];
}

/** A date and time that ISO 8601 knows, or a duration that counts back from now. Epoch milliseconds. */
export function parseTime(value: string): number {
  if (/^\d{1,9}[smhd]$/.test(value)) return Date.now() - parseDuration(value) * 1000;
  const time = /^\d{4}-/.test(value) ? Date.parse(value) : Number.NaN;
  if (Number.isNaN(time))
    throw new CliError(`${value} is neither a time such as 2026-01-31T09:00 nor an age such as 2h`);
  return time;
}

/** Splits `Name: value` or `NAME=value` pairs. Throws for one that is neither, or given twice. */
export function readPairs(pairs: readonly string[], separator: ':' | '='): Readonly<Record<string, string>> {
  const read = new Map<string, string>();
  for (const pair of pairs) {
    const at = pair.indexOf(separator);
    const name = pair.slice(0, at).trim();
    if (at < 1 || name === '') throw new CliError(`${pair} is not a name, "${separator}" and a value`);
    if (read.has(name)) throw new CliError(`${name} is given twice`);
    read.set(name, pair.slice(at + 1).trim());
  }
  return Object.fromEntries(read);
}

/** The JSON value in a file that the person names. */
export function readJsonFile(path: string): unknown {
  const text = readTextFile(path);
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new CliError(`${path} is not JSON`, { cause });
  }
}

export function readTextFile(path: string): string {
  return readFileBytes(path).toString('utf8');
}

export function readFileBytes(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (cause) {
    throw new CliError(`${path} cannot be read`, { cause });
  }
}
