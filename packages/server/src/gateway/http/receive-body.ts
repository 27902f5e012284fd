import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { AppError } from '@countersign/api';
import type { ApiUpload } from '../../upstreams/index.ts';
import { listHeaderValues } from '../mcp/header-values.ts';
import { readBody } from '../mcp/read-body.ts';

/** The body of a request: here whole, or still to come after the decision; undefined when there is none. */
export interface ReceivedBody {
  /** In lower case, without parameters. */
  readonly mediaType: string;
  readonly boundary: string | null;
  /** Null when it is still to come. */
  readonly bytes: Buffer | null;
  /** Of a body that may be passed on unread: what is known of it, and the way to it. */
  readonly upload: ApiUpload;
}

export const mostWholeBytes = 4 * 1024 * 1024;
const typeForm = /^([a-z0-9!#$&^_.+-]+\/[a-z0-9!#$&^_.+-]+)\s*(?:;(.*))?$/i;

/** Hostile. Throws `action.too_large`, `action.upload_unstated`, `action.upload_differs`, `action.header_refused`, `action.content_type_refused`. */
export async function receiveBody(request: IncomingMessage): Promise<ReceivedBody | undefined> {
  const { headers, rawHeaders } = request;
  const length = headers['content-length'];
  if (headers['transfer-encoding'] === undefined && (length === undefined || Number(length) === 0))
    return undefined;
  const encoding = headers['content-encoding'];
  if (encoding !== undefined && encoding !== 'identity')
    throw new AppError('action.header_refused', { detail: 'content-encoding' });
  const [type = '', ...others] = listHeaderValues(rawHeaders, 'content-type');
  const [, name, parameters = ''] = typeForm.exec(type) ?? [];
  if (name === undefined || others.length > 0) throw new AppError('action.content_type_refused');
  const charset = /(?:^|;)\s*charset="?([^";]*)"?/i.exec(parameters)?.[1];
  if (charset !== undefined && !/^utf-?8$/i.test(charset))
    throw new AppError('action.content_type_refused', { detail: 'only UTF-8' });
  const boundary = /(?:^|;)\s*boundary=(?:"([^"]*)"|([^;\s]*))/i.exec(parameters);
  const shared = { mediaType: name.toLowerCase(), boundary: boundary?.[1] ?? boundary?.[2] ?? null };
  const stated = readDigest(rawHeaders);
  if (length !== undefined && Number(length) > mostWholeBytes) {
    if (stated === undefined) throw new AppError('action.upload_unstated');
    const chunks = request as AsyncIterable<Buffer>;
    const upload = { bytes: Number(length), digest: stated, chunks, isHere: false };
    return { ...shared, bytes: null, upload };
  }
  const bytes = Buffer.from(await readBody(request, mostWholeBytes));
  const digest = createHash('sha256').update(bytes).digest('base64url');
  if (stated !== undefined && stated !== digest) throw new AppError('action.upload_differs');
  const chunks = { [Symbol.asyncIterator]: () => give(bytes) };
  return { ...shared, bytes, upload: { bytes: bytes.length, digest, chunks, isHere: true } };
}

async function* give(bytes: Buffer): AsyncGenerator<Buffer> {
  yield bytes;
}

/** RFC 9530: the SHA-256 of the body, where the caller states it. */
function readDigest(rawHeaders: readonly string[]): string | undefined {
  const values = listHeaderValues(rawHeaders, 'content-digest');
  if (values.length === 0) return undefined;
  const found = /(?:^|,)\s*sha-256=:([A-Za-z0-9+/]{43}=):/.exec(values.join(','))?.[1];
  return found === undefined ? undefined : Buffer.from(found, 'base64').toString('base64url');
}
