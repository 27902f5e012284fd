import { AppError } from '@countersign/api';
import { isJsonObject } from '@countersign/core';
import { SignJWT } from 'jose';
import { lied } from '../json-rpc.ts';
import { importPrivateKey } from './import-private-key.ts';
import { type IssueParts, type IssueRequest, requireToken } from './issue-parts.ts';
import { readSecret } from './issuer-client.ts';
import type { Issued } from './minted.ts';

const levels = ['read', 'write', 'admin'];
const backdateSeconds = 60;
const appTokenSeconds = 540;

/** An installation token of a GitHub App, narrowed to the repositories and permissions of the settings, for one task. */
export async function issueGithubApp(
  parts: IssueParts,
  { holder, credential }: IssueRequest<'github-app'>,
): Promise<Issued> {
  const { secretMaxAgeDays } = holder.settings;
  const api = (credential.apiUrl ?? 'https://api.github.com').replace(/\/$/, '');
  const { appId, installationId, repositories, permissions } = credential;
  const fetch = parts.fetch(credential.allowPrivate === true);
  const { key, alg } = importPrivateKey(
    await readSecret(credential.privateKey, parts.secrets, secretMaxAgeDays),
  );
  if (alg !== 'RS256') throw new AppError('secret.invalid', { detail: 'a GitHub App signs with RSA' });
  const now = Math.floor(parts.platform.now() / 1000);
  const appToken = await new SignJWT({ iss: appId })
    .setProtectedHeader({ alg, typ: 'JWT' })
    .setIssuedAt(now - backdateSeconds)
    .setExpirationTime(now + appTokenSeconds)
    .sign(key);
  const headers = { accept: 'application/vnd.github+json', 'x-github-api-version': '2022-11-28' };
  const response = await fetch(`${api}/app/installations/${installationId}/access_tokens`, {
    method: 'POST',
    headers: { ...headers, authorization: `Bearer ${appToken}`, 'content-type': 'application/json' },
    body: JSON.stringify({ permissions, ...(repositories === undefined ? {} : { repositories }) }),
  });
  if (response.status !== 201) {
    throw new AppError('upstream.credential_unavailable', {
      detail: `${new URL(api).host} answered ${response.status}`,
    });
  }
  const given = readInstallationToken(await response.json().catch(() => undefined));
  requireNarrowed(given, credential);
  const authorization = `Bearer ${given.token}`;
  return {
    kind: credential.kind,
    token: given.token,
    values: [given.token],
    expiresAt: given.expiresAt,
    facts: {
      issuer: api,
      app: appId,
      installation: installationId,
      permissions,
      repositories: repositories ?? null,
    },
    async revoke() {
      await fetch(`${api}/installation/token`, { method: 'DELETE', headers: { ...headers, authorization } });
    },
  };
}

interface InstallationToken {
  readonly token: string;
  readonly expiresAt: number;
  readonly permissions: Readonly<Record<string, unknown>>;
  readonly repositories: readonly unknown[] | undefined;
}

function readInstallationToken(answer: unknown): InstallationToken {
  if (!isJsonObject(answer)) throw lied('its issuer answered out of form');
  const { token, expires_at: expires, permissions, repositories } = answer;
  const expiresAt = typeof expires === 'string' ? Date.parse(expires) : Number.NaN;
  if (!Number.isFinite(expiresAt) || !isJsonObject(permissions))
    throw lied('its issuer answered out of form');
  return {
    token: requireToken(token),
    expiresAt,
    permissions,
    repositories: Array.isArray(repositories) ? repositories : undefined,
  };
}

/** A token that reaches further than asked for is given to nobody. */
function requireNarrowed(
  given: InstallationToken,
  { permissions, repositories }: IssueRequest<'github-app'>['credential'],
): void {
  const wider = Object.entries(given.permissions).some(([name, level]) => {
    // GitHub adds this one to every token.
    if (name === 'metadata' && level === 'read') return false;
    const most = Object.hasOwn(permissions, name) ? permissions[name] : undefined;
    return (
      most === undefined ||
      levels.indexOf(String(level)) > levels.indexOf(most) ||
      !levels.includes(String(level))
    );
  });
  const named = given.repositories?.map((one) => (isJsonObject(one) ? one.name : undefined));
  const elsewhere =
    repositories !== undefined &&
    (named === undefined || named.some((name) => typeof name !== 'string' || !repositories.includes(name)));
  if (wider || elsewhere) throw lied('its issuer gave more than was asked for');
}
