import { z } from 'zod';
import { isRecord, type JsonRecord, readMember } from '../json.ts';

export interface DescribedPerson {
  readonly displayName: string;
  /** In lower case; null when the directory gave none that is one. */
  readonly email: string | null;
}

const longestName = 80;
const address = z.email().max(254);

/** How a person is named and found here, from what a directory says. */
export function describePerson(user: JsonRecord, userName: string): DescribedPerson {
  const name = isRecord(user.name) ? user.name : {};
  const whole = [name.givenName, name.familyName].filter((part) => typeof part === 'string').join(' ');
  const said = [user.displayName, name.formatted, whole, userName].find(
    (text): text is string => typeof text === 'string' && text.trim() !== '',
  );
  return { displayName: showHonestly(said ?? userName), email: findEmail(user, userName) };
}

/**
 * Hostile. The name stands beside decisions: what would hide, reorder or break the line is shown by its number, so that
 * nobody is called by what another name looks like.
 */
export function showHonestly(text: string): string {
  const visible = text
    .normalize('NFC')
    .trim()
    .replace(/[^\p{L}\p{M}\p{N}\p{P}\p{S} ]/gu, (hidden) => {
      const code = hidden.codePointAt(0) ?? 0;
      return `[U+${code.toString(16).toUpperCase().padStart(4, '0')}]`;
    });
  return [...visible].slice(0, longestName).join('');
}

/** The primary one, the one for work, any; and the user's name when it is one. */
function findEmail(user: JsonRecord, userName: string): string | null {
  const emails: readonly unknown[] = Array.isArray(user.emails) ? user.emails : [];
  const records = emails.filter(isRecord);
  const inOrder = [
    ...records.filter((email) => email.primary === true),
    ...records.filter((email) => readMember(email, 'type') === 'work'),
    ...records,
  ].map((email) => email.value);
  const found = [...inOrder, userName]
    .map((text) => address.safeParse(text))
    .find((parsed) => parsed.success);
  return found?.data?.toLowerCase() ?? null;
}
