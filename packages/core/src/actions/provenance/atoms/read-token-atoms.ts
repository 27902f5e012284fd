import { AT, COLON, COMMA, DASH, DIGIT, DOT, LETTER, SLASH, URL_TOKEN } from '../text/token-kinds.ts';
import { type Atom, type AtomKind, writeForm } from './atom.ts';
import { readAccount } from './read-account.ts';
import { readAddress } from './read-address.ts';
import { readDate } from './read-date.ts';
import { dropWww, readHost } from './read-host.ts';
import { readNumber } from './read-number.ts';
import { readPath } from './read-path.ts';
import { readTime } from './read-time.ts';
import { readUrl } from './read-url.ts';

const NUMERIC = DIGIT | DOT | COMMA | DASH;
/** A date with a time, its fraction and its offset. */
const LONGEST_MOMENT = 35;

/** What one token is; a date and a time in one token are two values. */
export function readTokenAtoms(token: string, flags: number, index: number): readonly Atom[] {
  if ((flags & URL_TOKEN) !== 0) return readUrlAtom(token, index);
  if ((flags & AT) !== 0) return make('address', index, readAddress(token));
  if ((flags & DIGIT) !== 0) {
    if ((flags & ~NUMERIC) === 0 && (flags & (DASH | DOT)) === 0) return readDigits(token, index);
    const moment = readMoment(token, flags, index);
    if (moment.length > 0) return moment;
    if ((flags & ~NUMERIC) === 0) return readDigits(token, index);
  }
  if ((flags & SLASH) !== 0 || token.includes('\\')) {
    const [host = ''] = token.split('/', 1);
    return readHost(host) === undefined ? make('path', index, readPath(token)) : readUrlAtom(token, index);
  }
  if ((flags & DOT) !== 0) {
    const host = readHost(token);
    return make('host', index, host && dropWww(host));
  }
  return (flags & DIGIT) === 0 ? NONE : make('account', index, readAccount(token));
}

const NONE: readonly Atom[] = [];

function make(kind: AtomKind, index: number, value: string | undefined, gives = NOTHING): readonly Atom[] {
  if (value === undefined) return NONE;
  return [{ kind, first: index, last: index, forms: [writeForm(kind, value)], gives }];
}

const NOTHING: readonly string[] = [];

function readUrlAtom(token: string, index: number): readonly Atom[] {
  const read = readUrl(token);
  if (read === undefined) return make('url', index, token);
  if (read.isHost) return make('host', index, read.host);
  return make('url', index, read.url, [writeForm('host', read.host)]);
}

function readMoment(token: string, flags: number, index: number): readonly Atom[] {
  if (token.length > LONGEST_MOMENT) return NONE;
  const cut = token.indexOf('t');
  const days = (flags & (DASH | SLASH | DOT)) === 0 ? [] : readDate(cut === -1 ? token : token.slice(0, cut));
  if (days.length === 0) {
    return (flags & (COLON | LETTER)) === 0 ? NONE : make('time', index, readTime(token));
  }
  const forms = days.map((day) => writeForm('date', day));
  const date: Atom = { kind: 'date', first: index, last: index, forms, gives: NOTHING };
  if (cut === -1) return [date];
  const time = readTime(token.slice(cut + 1));
  return time === undefined ? NONE : [date, ...make('time', index, time)];
}

function readDigits(token: string, index: number): readonly Atom[] {
  const number = readNumber(token);
  const account = readAccount(token);
  if (account === undefined) return make('number', index, number);
  return make('account', index, account, number === undefined ? NOTHING : [writeForm('number', number)]);
}
