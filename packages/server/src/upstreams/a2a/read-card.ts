import { AppError } from '@countersign/api';
import { isJsonObject, type JsonObject, type JsonValue, parseStrictJson } from '@countersign/core';
import { DocumentUnavailable, type FetchDocument } from '../../outbound/fetch-document.ts';
import type { UpstreamSettings } from '../live-upstream.ts';
import { invalid, verifyCard } from './verify-card.ts';

const cardPath = '.well-known/agent-card.json';
const mostBytes = 512 * 1024;
const patienceMilliseconds = 10_000;
const mostInterfaces = 32;

/** A card that was fetched, checked and believed as far as tools of an upstream are: somebody has to accept them. */
export interface PeerCard {
  readonly card: JsonObject;
  /** Path and query of the interface that is used, at the upstream's own origin. */
  readonly path: string;
  readonly streams: boolean;
}

/** The card is asked for without any credential, and no redirect is followed. Throws `upstream.card_invalid`, `upstream.address_refused`. */
export async function readCard(settings: UpstreamSettings, fetchDocument: FetchDocument): Promise<PeerCard> {
  const { url = '', allowPrivate = false, signedBy } = settings;
  const card = parseCard(await fetchCard(cardUrl(settings), allowPrivate, fetchDocument));
  if (signedBy !== undefined) await verifyCard(card, { signedBy, allowPrivate, fetchDocument });
  const { capabilities } = card;
  const streams = isJsonObject(capabilities) && capabilities.streaming === true;
  return { card, path: findInterface(card, new URL(url)), streams };
}

function cardUrl({ url = '', cardUrl: given }: UpstreamSettings): string {
  if (given !== undefined) return given;
  const base = new URL(url);
  return `${base.origin}${base.pathname.replace(/\/$/, '')}/${cardPath}`;
}

async function fetchCard(url: string, allowPrivate: boolean, fetchDocument: FetchDocument): Promise<string> {
  try {
    const bounds = { maxBytes: mostBytes, timeoutMilliseconds: patienceMilliseconds };
    const { text } = await fetchDocument({ url, allowPrivate, ...bounds, headers: { 'a2a-version': '1.0' } });
    return text;
  } catch (thrown) {
    if (!(thrown instanceof DocumentUnavailable)) throw thrown;
    throw new AppError('upstream.card_invalid', { detail: thrown.message, cause: thrown });
  }
}

/** Hostile text. */
function parseCard(text: string): JsonObject {
  const parsed = parseStrictJson(text, { depth: 24, keys: 20_000 });
  if (!parsed.ok || !isJsonObject(parsed.value)) throw invalid('it is not one JSON object');
  return parsed.value;
}

/**
 * The first JSON-RPC interface of 1.x at the upstream's own origin: credentials are sent there, so a card cannot move it
 * elsewhere.
 */
function findInterface({ supportedInterfaces }: JsonObject, origin: URL): string {
  const listed = Array.isArray(supportedInterfaces) ? supportedInterfaces.slice(0, mostInterfaces) : [];
  const usable = listed.filter(isUsable).map((one) => URL.parse(String((one as JsonObject).url)));
  if (usable.length === 0) throw invalid('it has no JSON-RPC interface of A2A 1.0');
  const own = usable.find((url) => url !== null && url.origin === origin.origin && url.username === '');
  if (own === undefined || own === null)
    throw invalid('its interface is at another origin than the upstream');
  return `${own.pathname}${own.search}`;
}

function isUsable(one: JsonValue): boolean {
  if (!isJsonObject(one) || typeof one.url !== 'string') return false;
  const { protocolBinding, protocolVersion, tenant = '' } = one;
  return protocolBinding === 'JSONRPC' && /^1\.\d{1,4}$/.test(String(protocolVersion)) && tenant === '';
}
