import { type HttpReply, sendHttp } from '../agent/send-http.ts';
import { requireJson } from '../gateway/join-person.ts';
import type { TestPerson } from '../gateway/test-gateway.ts';

/** Where the person's browser goes on from here, at the upstream's authorization server. */
export async function beginConnection(person: TestPerson, upstream: string): Promise<string> {
  const begun = await person.request('POST', `/v1/upstreams/${upstream}/connections/begin`);
  return requireJson<{ url: string }>(begun).url;
}

/** Signs in there as this account, consents, and returns the path that the browser is sent back to. */
export async function consentAt(url: string, account: string): Promise<string> {
  const cookies = new Map<string, string>();
  let next = url;
  for (let hops = 0; hops < 10; hops++) {
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const reply = await sendHttp({ method: 'GET', url: next, headers: { cookie, 'x-account': account } });
    const { location } = reply.headers;
    if (location === undefined) throw new Error(`no way on from ${next}: ${reply.status} ${reply.body}`);
    keepCookies(cookies, reply);
    const target = new URL(location, next);
    if (target.pathname === '/upstreams/callback') return `${target.pathname}${target.search}`;
    next = target.href;
  }
  throw new Error('the authorization server goes round in circles');
}

/** The whole way: begin, consent, and come back in the same browser. */
export async function connectAccount(
  person: TestPerson,
  upstream: string,
  account: string,
): Promise<HttpReply> {
  const back = await consentAt(await beginConnection(person, upstream), account);
  return person.request('GET', back);
}

/** Several cookies come joined by commas; none of these values has one. */
function keepCookies(cookies: Map<string, string>, reply: HttpReply): void {
  const lines = reply.headers['set-cookie']?.split(/,(?=[^ ;]+=)/) ?? [];
  for (const line of lines) {
    const [pair = ''] = line.split(';');
    const at = pair.indexOf('=');
    cookies.set(pair.slice(0, at), pair.slice(at + 1));
  }
}
