import { findTokens, type Token } from './token.ts';

const URL_PARTS = /^([a-z][a-z0-9+.-]*:\/\/)([^/?#]*@)?([^/?#@]*)/i;
const QUERY_NAME = /(?<=[?&])[^=&#]+/g;
const MAIL_DOMAIN = /(?<=@)[^\s@,;<>"]+/g;

/** Of a URL the host, which alone says where it goes; what stands before an `@` only looks like one. */
export function markUrl(text: string): readonly Token[] {
  const found = URL_PARTS.exec(text);
  if (found === null) return [];
  const [whole, scheme = '', user = '', host = ''] = found;
  const from = scheme.length + user.length;
  const tokens: Token[] = [];
  if (user !== '') tokens.push({ from: scheme.length, to: from, kind: 'warning' });
  if (host !== '') tokens.push({ from, to: from + host.length, kind: 'place' });
  const names = findTokens(text.slice(whole.length), QUERY_NAME, () => 'keyword');
  return [...tokens, ...names.map((name) => shift(name, whole.length))];
}

/** Of mail addresses the domains. */
export function markMailAddresses(text: string): readonly Token[] {
  return findTokens(text, MAIL_DOMAIN, () => 'place');
}

export function shift({ from, to, kind }: Token, by: number): Token {
  return { from: from + by, to: to + by, kind };
}
