import { AppError } from '@countersign/api';
import type { JsonValue } from '@countersign/core';
import type { StoreAnswer, StoreClient } from '../store-client.ts';
import type { VaultLogin } from './vault-login.ts';

/** Calls Vault or OpenBao under `/v1/` with a token that is good now. */
export interface VaultClient {
  /** 200, 204 and 404 come back; everything else throws `secret.unavailable`. */
  call(method: 'GET' | 'POST' | 'DELETE', path: string, body?: JsonValue): Promise<StoreAnswer>;
}

export function createVaultClient(
  client: StoreClient,
  login: VaultLogin,
  options: { readonly name: string; readonly namespace?: string },
): VaultClient {
  const { name, namespace } = options;
  const send = (token: string, method: 'GET' | 'POST' | 'DELETE', path: string, body?: JsonValue) =>
    client.send({
      method,
      path: `/v1/${path}`,
      headers: { 'x-vault-token': token, ...commonHeaders(namespace) },
      ...(body === undefined ? {} : { body }),
    });
  return {
    async call(method, path, body) {
      const token = await login.token();
      let answer = await send(token, method, path, body);
      if (answer.status === 403 && (await login.reject(token)))
        answer = await send(await login.token(), method, path, body);
      if (answer.status === 200 || answer.status === 204 || answer.status === 404) return answer;
      throw new AppError('secret.unavailable', { detail: `${name} answered with status ${answer.status}` });
    },
  };
}

/** `X-Vault-Request` says that this is no request somebody was lured into; agents and proxies of Vault may demand it. */
export function commonHeaders(namespace: string | undefined): Readonly<Record<string, string>> {
  const request = { 'x-vault-request': 'true' };
  return namespace === undefined ? request : { 'x-vault-namespace': namespace, ...request };
}

/** Each segment by itself, so that nothing in it changes the path. Segments were checked with the configuration. */
export function encodePath(path: string): string {
  return path.split('/').map(encodeURIComponent).join('/');
}
