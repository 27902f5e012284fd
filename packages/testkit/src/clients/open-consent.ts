import type { HttpReply } from '../agent/send-http.ts';
import type { TestPerson } from '../gateway/test-gateway.ts';
import type { CeremonyForgery } from '../passkey/create-passkey.ts';

/** A page that asks a person, as their browser reached it from a client's link. */
export interface OpenConsent {
  /** Of the authorization endpoint, or of the page it led to. */
  readonly reply: HttpReply;
  /** Undefined when there was no page. */
  readonly id: string | undefined;
  /** A step of the page, as its script makes it. */
  send(step: string, body: object, headers?: { readonly [name: string]: string }): Promise<HttpReply>;
  choose(choices: object): Promise<HttpReply>;
  /** Signs what the page shows, or a challenge taken earlier, and sends it. */
  grant(forge?: CeremonyForgery, challenge?: string): Promise<HttpReply>;
  deny(): Promise<HttpReply>;
  challenge(): Promise<string>;
  load(): Promise<HttpReply>;
}

/** Opens a client's link in the person's session, and follows it to the page, the way a browser does. */
export async function openConsent(person: TestPerson, link: string): Promise<OpenConsent> {
  const url = new URL(link);
  const first = await person.request('GET', `${url.pathname}${url.search}`);
  const id = /^\/consents\/(cns_[0-9A-Z]{26})$/.exec(first.headers.location ?? '')?.[1];
  const load = () => person.request('GET', `/consents/${id}`);
  const reply = id === undefined ? first : await load();
  const send: OpenConsent['send'] = (step, body, headers) =>
    person.request('POST', `/v1/tokens/consents/${id}/${step}`, body, { ...headers });
  const challenge = async () => {
    const digest = /data-digest="([^"]+)"/.exec((await load()).body)?.[1] ?? '';
    const { json, status, body } = await send('challenge', { digest });
    if (status !== 200) throw new Error(`no challenge: ${status} ${body}`);
    return (json as { challenge: string }).challenge;
  };
  return {
    reply,
    id,
    send,
    load,
    challenge,
    choose: (choices) => send('choices', choices),
    deny: () => send('deny', {}),
    grant: async (forge, given) =>
      send('grant', { assertion: person.passkey.assert(given ?? (await challenge()), forge) }),
  };
}

/** Where the browser is sent after an answer. */
export function readLocation(reply: HttpReply): URL {
  const { location } = (reply.json ?? {}) as { readonly location?: string };
  const target = location ?? reply.headers.location;
  if (target === undefined) throw new Error(`no way back: ${reply.status} ${reply.body.slice(0, 500)}`);
  return new URL(target);
}
