import { markMailAddresses, shift } from './mark-address.ts';
import { findTokens, type Token } from './token.ts';

const REQUEST_LINE = /^([A-Z]{3,8}) (\S+) HTTP\/[\d.]+/;
const FIELD_NAME = /^[A-Za-z][A-Za-z0-9-]*:/gm;
const ADDRESSED = /^(?:from|to|cc|bcc|reply-to|sender):/i;

/** Whether the text begins like an HTTP request or like an e-mail. */
export function isMessage(text: string): boolean {
  if (REQUEST_LINE.test(text)) return true;
  return /^(?:from|to|cc|subject|date|received|mime-version|reply-to|message-id):[^\n]*\n[A-Za-z-]+:/i.test(
    text,
  );
}

/** The names of the header fields, the method of a request and its target, and the domains that a mail goes to. */
export function markMessage(text: string): readonly Token[] {
  const end = /\r?\n\r?\n/.exec(text)?.index ?? text.length;
  const head = text.slice(0, end);
  const request = REQUEST_LINE.exec(head);
  const tokens: Token[] = [];
  if (request !== null) {
    const [, method = '', target = ''] = request;
    const from = method.length + 1;
    tokens.push({ from: 0, to: method.length, kind: 'keyword' });
    tokens.push({ from, to: from + target.length, kind: 'place' });
  }
  for (const name of findTokens(head, FIELD_NAME, () => 'keyword')) {
    tokens.push(name);
    const field = head.slice(name.from).split('\n', 1)[0] ?? '';
    if (!ADDRESSED.test(field)) continue;
    for (const domain of markMailAddresses(field)) tokens.push(shift(domain, name.from));
  }
  return tokens;
}
