import { randomBytes } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { importSPKI, jwtVerify } from 'jose';
import { type LoopbackServer, serveLoopback } from './serve-loopback.ts';

export interface GithubOptions {
  /** PEM of the app's public key. */
  readonly publicKey: string;
  readonly appId: string;
  readonly installationId: string;
  /** Gives more than was asked for. */
  readonly isGenerous?: () => boolean;
}

export interface Github extends LoopbackServer {
  /** Installation tokens that are good now, with what they may do. */
  readonly tokens: ReadonlyMap<string, { readonly permissions: unknown; readonly repositories: unknown }>;
}

/** What GitHub does for its apps: an installation token for a token that the app signed, narrowed to what was asked for. */
export async function startGithub(options: GithubOptions): Promise<Github> {
  const tokens = new Map<string, { permissions: unknown; repositories: unknown }>();
  const key = await importSPKI(options.publicKey, 'RS256');
  const server = await serveLoopback(async (request, body, response) => {
    const bearer = request.headers.authorization?.slice('Bearer '.length) ?? '';
    if (request.method === 'DELETE' && request.url === '/installation/token') {
      return response.writeHead(tokens.delete(bearer) ? 204 : 401).end();
    }
    if (request.url !== `/app/installations/${options.installationId}/access_tokens`)
      return answer(response, 404, { message: 'Not Found' });
    try {
      const { payload } = await jwtVerify(bearer, key, { algorithms: ['RS256'], issuer: options.appId });
      // GitHub takes none that is good for longer.
      if ((payload.exp ?? 0) - Date.now() / 1000 > 600) throw new Error('too long');
    } catch {
      return answer(response, 401, { message: 'A JSON web token could not be decoded' });
    }
    const asked: { permissions?: object; repositories?: string[] } = JSON.parse(body);
    const permissions = {
      ...asked.permissions,
      metadata: 'read',
      ...(options.isGenerous?.() === true && { administration: 'write' }),
    };
    const repositories = asked.repositories?.map((name) => ({ name }));
    const token = `ghs_${randomBytes(24).toString('hex')}`;
    tokens.set(token, { permissions, repositories });
    answer(response, 201, {
      token,
      expires_at: new Date(Date.now() + 3_600_000).toISOString(),
      permissions,
      repository_selection: repositories === undefined ? 'all' : 'selected',
      ...(repositories && { repositories }),
    });
  });
  return { ...server, tokens };
}

function answer(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}
