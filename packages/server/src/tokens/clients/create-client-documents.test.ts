import { toAppError } from '@countersign/api';
import { createManualClock, makeAgentKey } from '@countersign/testkit';
import { beforeEach, describe, expect, it } from 'vitest';
import { DocumentUnavailable, type FetchDocument, fetchDocument } from '../../outbound/fetch-document.ts';
import { type ClientDocuments, createClientDocuments } from './create-client-documents.ts';

const clientId = 'https://app.example/client.json';
const good = { client_id: clientId, client_name: 'App', redirect_uris: ['https://app.example/cb'] };
const clock = createManualClock();
let answer: { text: string; headers: Record<string, string> };
let asked: number;
let documents: ClientDocuments;

beforeEach(() => {
  asked = 0;
  answer = { text: JSON.stringify(good), headers: { 'content-type': 'application/json' } };
  documents = open(async () => {
    asked += 1;
    return answer;
  });
});

const open = (fetching: FetchDocument) =>
  createClientDocuments({ platform: { now: clock.now }, fetchDocument: fetching });

async function refusalOf(reading: Promise<unknown>): Promise<[string, string | undefined] | 'read'> {
  try {
    await reading;
    return 'read';
  } catch (thrown) {
    const { code, detail } = toAppError(thrown);
    return [code, detail];
  }
}

describe('a client ID metadata document', () => {
  it('is read, and asked for within its bounds', async () => {
    let wanted: Parameters<FetchDocument>[0] | undefined;
    documents = open(async (request) => {
      wanted = request;
      return answer;
    });
    expect(await documents.readMetadata(clientId)).toMatchObject({
      name: 'App',
      redirectUris: ['https://app.example/cb'],
      authMethod: 'none',
    });
    expect(wanted).toEqual({ url: clientId, maxBytes: 5120, timeoutMilliseconds: 2000 });
  });

  it('is held as long as its server says, within a minute and a day', async () => {
    for (const [control, seconds] of [
      ['no-store', 60],
      ['max-age=5', 60],
      ['max-age=600', 600],
      ['max-age=99999999', 86_400],
      ['', 300],
    ] as const) {
      answer.headers['cache-control'] = control;
      const url = `https://app.example/${seconds}${control}`;
      answer.text = JSON.stringify({ ...good, client_id: url });
      asked = 0;
      await documents.readMetadata(url);
      clock.advance((seconds - 1) * 1000);
      await documents.readMetadata(url);
      expect(asked, control).toBe(1);
      clock.advance(2000);
      await documents.readMetadata(url);
      expect(asked, control).toBe(2);
    }
  });

  it('is asked for once by many at the same time, and a failure is not held', async () => {
    await Promise.all(Array.from({ length: 20 }, () => documents.readMetadata(clientId)));
    expect(asked).toBe(1);
    const other = 'https://app.example/other.json';
    expect(await refusalOf(documents.readMetadata(other))).toEqual([
      'token.client_metadata_invalid',
      'client_id is not the address of the document',
    ]);
    answer.text = JSON.stringify({ ...good, client_id: other });
    expect(await refusalOf(documents.readMetadata(other))).toBe('read');
  });

  it('cannot have a third party asked without end', async () => {
    const refusals = new Set<string>();
    answer.text = '{}';
    for (let number = 0; number < 40; number += 1) {
      const refusal = await refusalOf(documents.readMetadata(`https://victim.example/${number}`));
      refusals.add(refusal[0]);
    }
    expect(asked).toBe(20);
    expect(refusals).toContain('server.rate_limited');
    clock.advance(60_000);
    await refusalOf(documents.readMetadata('https://victim.example/again'));
    expect(asked).toBe(21);
  });

  it('stays good for a while where others have used up what may be asked', async () => {
    await documents.readMetadata(clientId);
    clock.advance(301_000);
    for (let number = 0; number < 20; number += 1)
      await refusalOf(documents.readMetadata(`https://app.example/${number}`));
    expect(await refusalOf(documents.readMetadata(clientId))).toBe('read');
    clock.advance(3_600_000);
    for (let number = 0; number < 20; number += 1)
      await refusalOf(documents.readMetadata(`https://app.example/${number}`));
    expect(await refusalOf(documents.readMetadata(clientId))).toEqual([
      'server.rate_limited',
      'client metadata documents',
    ]);
  });

  it.each<[string, unknown, string]>([
    ['names another address', { ...good, client_id: 'https://app.example/other' }, 'client_id'],
    ['names its address in other letters', { ...good, client_id: `${clientId}/` }, 'client_id'],
    ['names no address', { ...good, client_id: undefined }, 'client_id'],
    ['holds a secret', { ...good, client_secret: 'x' }, 'secret'],
    ['wants a secret', { ...good, token_endpoint_auth_method: 'client_secret_basic' }, 'auth_method'],
    ['has no redirect URI', { ...good, redirect_uris: [] }, 'redirect_uris'],
    [
      'has too many redirect URIs',
      { ...good, redirect_uris: Array(17).fill('https://a.example/') },
      'redirect_uris',
    ],
    ['has a name that reverses', { ...good, client_name: 'a\u0007b' }, 'client_name'],
    ['has keys but shows none', { ...good, token_endpoint_auth_method: 'private_key_jwt' }, 'jwks'],
    ['does not use codes', { ...good, grant_types: ['client_credentials'] }, 'grant_types'],
    ['is a list', [good], 'not a JSON object'],
    ['is deep', { ...good, x: JSON.parse(`${'['.repeat(20)}${']'.repeat(20)}`) }, 'not a JSON object'],
  ])('is refused when it %s', async (_what, document, detail) => {
    answer.text = JSON.stringify(document);
    const [code, said] = await refusalOf(documents.readMetadata(clientId));
    expect(code).toBe('token.client_metadata_invalid');
    expect(said).toContain(detail);
  });

  it('is refused with a bad redirect URI, duplicate members or another content type', async () => {
    answer.text = JSON.stringify({ ...good, redirect_uris: ['javascript:alert(1)'] });
    expect((await refusalOf(documents.readMetadata(clientId)))[0]).toBe('token.redirect_refused');
    answer.text = `{"client_id":"https://evil.example/",${JSON.stringify(good).slice(1)}`;
    expect((await refusalOf(documents.readMetadata(clientId)))[0]).toBe('token.client_metadata_invalid');
    answer = { text: JSON.stringify(good), headers: { 'content-type': 'text/html' } };
    expect(await refusalOf(documents.readMetadata(clientId))).toEqual([
      'token.client_metadata_invalid',
      'content type',
    ]);
  });

  it('shows keys, but never a private one', async () => {
    const key = await makeAgentKey();
    const withKeys = (keys: readonly object[]) =>
      JSON.stringify({ ...good, token_endpoint_auth_method: 'private_key_jwt', jwks: { keys } });
    answer.text = withKeys([key.publicJwk]);
    expect((await documents.readMetadata(clientId)).keys).toHaveLength(1);
    clock.advance(86_400_000);
    answer.text = withKeys([key.privateJwk]);
    expect((await refusalOf(documents.readMetadata(clientId)))[1]).toBe('jwks');
  });

  it('is refused from a private address, by its number or by what its name turns into', async () => {
    const lookup: NonNullable<Parameters<FetchDocument>[0]['lookup']> = (_host, _options, done) =>
      done(null, [
        { address: '198.51.100.7', family: 4 },
        { address: '10.0.0.7', family: 4 },
      ]);
    const real = open((wanted) => fetchDocument({ ...wanted, lookup }));
    for (const url of [
      'https://127.0.0.1/c',
      'https://[::1]/c',
      'https://169.254.169.254/c',
      'https://rebind.example/c',
    ])
      expect(await refusalOf(real.readMetadata(url)), url).toEqual([
        'token.client_metadata_invalid',
        'the address is not permitted',
      ]);
  });

  it('says in our words what went wrong on the way', async () => {
    documents = open(async () => {
      throw new DocumentUnavailable('the answer was 302');
    });
    expect(await refusalOf(documents.readMetadata(clientId))).toEqual([
      'token.client_metadata_invalid',
      'the answer was 302',
    ]);
  });
});
