import { type HttpReply, sendHttp } from '../agent/send-http.ts';
import { createPasskey, type Passkey } from '../passkey/create-passkey.ts';
import type { TestPerson } from './test-gateway.ts';

/** Follows a join link as a browser does: makes a passkey, registers it and keeps the session. */
export async function joinPerson(url: string, link: string): Promise<TestPerson> {
  const token = link.slice(link.indexOf('#') + 1);
  let cookie: string | undefined;
  const request: TestPerson['request'] = (method, path, body, extra = {}) =>
    sendHttp({
      method,
      url: url + path,
      headers: {
        origin: url,
        'sec-fetch-site': 'same-origin',
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...(cookie !== undefined && { cookie }),
        ...extra,
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });

  const options = requireJson<CreationOptions>(await request('POST', '/v1/people/join/begin', { token }));
  const passkey = createPasskey({ rpId: options.rp.id, origin: url, userHandle: options.user.id });
  const response = passkey.register(options.challenge);
  const joined = await request('POST', '/v1/people/join/finish', { token, response });
  const { personId } = requireJson<{ personId: string }>(joined);
  cookie = joined.headers['set-cookie']?.split(';')[0];
  return { id: personId, passkey, request, decide: decideWith(request, passkey) };
}

interface CreationOptions {
  readonly challenge: string;
  readonly rp: { readonly id: string };
  readonly user: { readonly id: string };
}

function decideWith(request: TestPerson['request'], passkey: Passkey): TestPerson['decide'] {
  return async (approval, decision, forge, given = {}) => {
    const path = `/v1/approvals/${approval}`;
    if (decision === 'deny') return request('POST', `${path}/deny`, {});
    // What was on the page when the person decided: more may be asked for meanwhile.
    const page = await request('GET', path);
    const { kind, actionDigest } = (page.json ?? {}) as { kind?: string; actionDigest?: string };
    const seen = { ...(kind === 'amendment' ? { shown: actionDigest } : {}), ...given };
    const begun = await request('POST', `${path}/challenge`, seen);
    if (begun.status !== 200) return begun;
    const { challenge } = requireJson<{ challenge: string }>(begun);
    return request('POST', `${path}/approve`, { assertion: passkey.assert(challenge, forge), ...seen });
  };
}

/** The body of a reply that has to be a success. */
export function requireJson<T>({ status, body, json }: HttpReply): T {
  if (status < 200 || status >= 300 || json === undefined) throw new Error(`refused: ${status} ${body}`);
  return json as T;
}
