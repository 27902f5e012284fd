import type { ServerResponse } from 'node:http';
import { AppError } from '@countersign/api';
import type { JsonObject } from '@countersign/core';
import { findCard, type PublishedCard } from '../../agents/index.ts';
import type { Context } from '../../context.ts';
import { signDetached } from '../../tokens/index.ts';
import { canonicalCard } from '../../upstreams/index.ts';
import { describeAuthorization } from './describe-card.ts';

/**
 * The card of an agent of ours, for anybody, signed by the key that signs tokens (A2A 1.0, section 8.4). Only what its owner
 * has published, and only while the agent is active. Throws `agent.not_found`.
 */
export async function serveOwnCard(
  context: Context,
  agentId: string,
  response: ServerResponse,
): Promise<void> {
  const published = await findCard(context, agentId);
  if (published === undefined) throw new AppError('agent.not_found');
  const { issuer, signingKeys } = context.tokens;
  const card = describeOwn(issuer, published);
  const header = { typ: 'JOSE', jku: `${issuer}/oauth/jwks` };
  const signature = await signDetached(signingKeys.current(), header, canonicalCard(card));
  const text = JSON.stringify({ ...card, signatures: [signature] });
  response.writeHead(200, {
    'cache-control': 'public, max-age=60',
    'content-type': 'application/json',
    'content-length': String(Buffer.byteLength(text)),
    'x-content-type-options': 'nosniff',
  });
  response.end(text);
}

/** Nothing in it is empty: what readers leave out before they verify would not be what was signed. */
function describeOwn(issuer: string, published: PublishedCard): JsonObject {
  const { name, purpose, url, restUrl, description = purpose, streaming, skills } = published;
  const own = { id: 'default', name, description, tags: ['agent'] };
  return {
    ...{ name, description, version: '1' },
    supportedInterfaces: [
      { url, protocolBinding: 'JSONRPC', protocolVersion: '1.0' },
      ...(restUrl === undefined
        ? []
        : [{ url: restUrl, protocolBinding: 'HTTP+JSON', protocolVersion: '1.0' }]),
    ],
    ...(streaming ? { capabilities: { streaming } } : {}),
    ...describeAuthorization(issuer),
    defaultInputModes: ['text/plain'],
    defaultOutputModes: ['text/plain'],
    skills: skills.length === 0 ? [own] : skills,
  };
}
