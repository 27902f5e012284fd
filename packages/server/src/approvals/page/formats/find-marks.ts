import { markMailAddresses, markUrl } from './mark-address.ts';
import { isMessage, markMessage } from './mark-message.ts';
import { isPatch, markPatch } from './mark-patch.ts';
import { markShell } from './mark-shell.ts';
import { markSql } from './mark-sql.ts';
import { LONGEST_MARKED, type Token } from './token.ts';

export interface Marked {
  /** What it is read as, for people; empty for plain text. */
  readonly format: '' | 'SQL' | 'shell' | 'address' | 'mail addresses' | 'message' | 'patch';
  readonly tokens: readonly Token[];
}

const SQL_START =
  /^\s*(?:alter|begin|call|copy|create|delete|drop|explain|grant|insert|merge|revoke|select|truncate|update|with)\b/i;
const SQL_NAME = /sql|query|statement/i;
const SHELL_NAME = /^(?:cmd|command|commandline|bash|script|shell)$/i;
const ADDRESSED_NAME = /^(?:to|cc|bcc|from|reply_?to|sender|recipients?|e?mails?|attendees?)$/i;
const plain: Marked = { format: '', tokens: [] };

/** What the text of an argument with this name is, and what in it a reader should see at once. It is a guess, and only a help. */
export function findMarks(name: string, text: string): Marked {
  if (text.length > LONGEST_MARKED) return plain;
  if (/^[a-z][a-z0-9+.-]*:\/\/\S*$/i.test(text)) return { format: 'address', tokens: markUrl(text) };
  if (isMessage(text)) return { format: 'message', tokens: markMessage(text) };
  if (isPatch(text)) return { format: 'patch', tokens: markPatch(text) };
  if (SQL_NAME.test(name) && SQL_START.test(text)) return { format: 'SQL', tokens: markSql(text) };
  if (SHELL_NAME.test(name)) return { format: 'shell', tokens: markShell(text) };
  if (ADDRESSED_NAME.test(name) && text.includes('@'))
    return { format: 'mail addresses', tokens: markMailAddresses(text) };
  return plain;
}
