import type { TestHouse } from '../open-test-house.ts';
import type { JsonRecord } from './json.ts';
import { addToken } from './tokens/scim-tokens.ts';

/** For tests: a directory with a token of its own, speaking to a house over a real socket. */
export interface TestDirectory {
  readonly token: string;
  send(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<ScimAnswer>;
  /** Id of a user that was made. */
  addUser(userName: string, more?: object): Promise<string>;
}

export interface ScimAnswer {
  readonly status: number;
  readonly body: JsonRecord;
  readonly etag: string | null;
  readonly text: string;
}

export async function openTestDirectory(
  house: TestHouse,
  { directory = 'main', agents = false }: { readonly directory?: string; readonly agents?: boolean } = {},
): Promise<TestDirectory> {
  const operator = { kind: 'operator' } as const;
  const { token } = await addToken(house.context, operator, { name: 'Test', directory, agents });
  const send: TestDirectory['send'] = async (method, path, body, headers = {}) => {
    const response = await house.fetch(`/scim/v2${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/scim+json', ...headers },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    const parsed = text === '' ? {} : (JSON.parse(text) as JsonRecord);
    return { status: response.status, body: parsed, etag: response.headers.get('etag'), text };
  };
  return {
    token,
    send,
    async addUser(userName, more = {}) {
      const { status, body, text } = await send('POST', '/Users', { userName, ...more });
      if (status !== 201) throw new Error(`no user was made: ${status} ${text}`);
      return String(body.id);
    },
  };
}
