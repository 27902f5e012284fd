import { readHost } from './read-host.ts';

const LONGEST = 254;

/** An e-mail address (RFC 5321), whole: a tag or a dot more is another one. Undefined for anything else. */
export function readAddress(text: string): string | undefined {
  const at = text.indexOf('@');
  if (at < 1 || text.length > LONGEST || text.includes('@', at + 1)) return undefined;
  const domain = readHost(text.slice(at + 1)) ?? text.slice(at + 1);
  return domain === '' ? undefined : `${text.slice(0, at)}@${domain}`;
}

/** What one mailbox is often reached by: without its tag, and without dots. Only to find what is bad. */
export function readMailbox(address: string): string {
  const at = address.indexOf('@');
  const [name = ''] = address.slice(0, at).split('+', 1);
  return `${name.replaceAll('.', '')}${address.slice(at)}`;
}
