import { AppError } from '@countersign/api';
import { describe, expect, it } from 'vitest';
import type { FetchOptions, GuardedFetch } from '../../outbound/guarded-fetch.ts';
import type { SecretStore } from '../../plugins/secret-store/secret-store.ts';
import { describeClient } from './client-document.ts';
import type { ConnectionParts } from './connection-parts.ts';
import { findClient } from './find-client.ts';

const issuer = 'https://login.example';
const registration = { registration_endpoint: `${issuer}/register` };
const cimd = { client_id_metadata_document_supported: true };

function look(
  server: object,
  given: { clientId?: string; publicUrl?: string; answer?: () => Response } = {},
) {
  const { clientId, publicUrl = 'https://countersign.example', answer } = given;
  const asked: unknown[] = [];
  const stored = new Map<string, string>();
  const fetch = async (_url: string, { body }: FetchOptions = {}) => {
    asked.push(JSON.parse(String(body)));
    return answer?.() ?? Response.json({ client_id: `given-${asked.length}` }, { status: 201 });
  };
  const secrets: Partial<SecretStore> = {
    async get(name) {
      const value = stored.get(name);
      if (value === undefined) throw new AppError('secret.not_found');
      return { value, version: '1', changedAt: null };
    },
    async set(name, value) {
      stored.set(name, value);
      return { name, version: '1', changedAt: null, previousUntil: null, kind: 'static' };
    },
  };
  const guarded: GuardedFetch = Object.assign(fetch, { close: async () => {} });
  const platform = { now: Date.now };
  const parts = { publicUrl, secrets, platform, fetch: () => guarded } as object as ConnectionParts;
  const credential = { kind: 'oauth-user', ...(clientId === undefined ? {} : { clientId }) } as const;
  const found = { server: { issuer, ...server }, resource: undefined, resourceChecksProofs: false };
  return { asked, stored, find: () => findClient(parts, 'files', credential, found) };
}

const code = (wanted: string) => expect.objectContaining({ code: wanted });

describe('who this server is at an issuer', () => {
  it('is what the settings say, before all else', async () => {
    const { find, asked } = look({ ...cimd, ...registration }, { clientId: 'by-hand' });
    expect(await find()).toEqual({ clientId: 'by-hand' });
    expect(asked).toEqual([]);
  });

  it('is its metadata document, where the issuer can read it', async () => {
    const here = 'https://countersign.example';
    const { find, asked } = look({ ...cimd, ...registration });
    const { clientId } = await find();
    expect(clientId).toBe(describeClient(here).client_id);
    expect(describeClient(here)).toMatchObject({
      redirect_uris: [`${here}/upstreams/callback`],
      token_endpoint_auth_method: 'none',
    });
    expect(asked).toEqual([]);
    const local = look({ ...cimd, ...registration }, { publicUrl: 'http://localhost:4400' });
    expect(await local.find()).toEqual({ clientId: 'given-1' });
  });

  it('is registered once, and its secret is kept as one', async () => {
    const given = { client_id: 'c', client_secret: 'secret-of-c', client_secret_expires_at: 0 };
    const answer = () => Response.json(given, { status: 201 });
    const { find, asked, stored } = look(registration, { answer });
    expect(await find()).toEqual({ clientId: 'c', clientSecret: 'secret-of-c' });
    expect(await find()).toEqual({ clientId: 'c', clientSecret: 'secret-of-c' });
    expect(asked.length).toBe(1);
    expect(asked[0]).not.toHaveProperty('client_id');
    expect([...stored.keys()]).toEqual([expect.stringMatching(/^connection-client-[0-9a-f]{32}$/)]);
  });

  it('is registered anew once its secret has expired', async () => {
    const given = { client_id: 'c', client_secret: 'secret-of-c', client_secret_expires_at: 1 };
    const { find, asked } = look(registration, { answer: () => Response.json(given, { status: 201 }) });
    await find();
    await find();
    expect(asked.length).toBe(2);
  });

  it('is nobody where it cannot be known', async () => {
    await expect(look({}).find()).rejects.toEqual(code('upstream.connection_unsupported'));
    const refusing = look(registration, {
      answer: () => Response.json({ error: 'invalid_client_metadata' }, { status: 400 }),
    });
    await expect(refusing.find()).rejects.toEqual(code('upstream.credential_unavailable'));
    const lying = look(registration, { answer: () => new Response('{}', { status: 201 }) });
    await expect(lying.find()).rejects.toEqual(code('upstream.lied'));
  });
});
