import { createHash } from 'node:crypto';
import { AwsV4Signer } from 'aws4fetch';
import { Agent, type Dispatcher } from 'undici';
import { requireUpstreamUrl } from '../../../outbound/address-guard.ts';
import { createGuardedConnector, type Lookup } from '../../../outbound/guarded-connector.ts';
import { type BoundedAnswer, postBounded } from '../../../outbound/post-bounded.ts';

export interface S3Parts {
  /** Of the bucket, with the bucket in it: `https://bucket.s3.eu-central-1.amazonaws.com`, or a path of a host. */
  readonly url: string;
  readonly region: string;
  readonly allowPrivate: boolean;
  readonly certificateAuthority?: string;
  readonly lookup?: Lookup;
  /** Read for each exchange, so that a change bites at once. */
  readKeys(): Promise<{ readonly accessKeyId: string; readonly secretAccessKey: string }>;
}

export interface ObjectRequest {
  /** `If-None-Match: *`, or the tag that the object must still have. */
  readonly only: 'new' | { readonly etag: string };
  readonly contentType: string;
  readonly at: number;
  readonly signal: AbortSignal;
}

const mostAnswerBytes = 4_194_304;
const connectMilliseconds = 10_000;
const connections = 4;

/** A bucket of something that speaks as S3 does: requests are signed with Signature Version 4, body and conditions too. */
export class S3Bucket {
  readonly #parts: S3Parts;
  readonly #base: URL;
  readonly #dispatcher: Dispatcher;

  /** Throws `upstream.address_refused`. */
  constructor(parts: S3Parts) {
    this.#parts = parts;
    this.#base = requireUpstreamUrl(parts.url.replace(/\/*$/, '/'), parts.allowPrivate);
    const { allowPrivate, certificateAuthority, lookup } = parts;
    this.#dispatcher = new Agent({
      ...{ connections, pipelining: 0, maxHeaderSize: 16_384 },
      connect: createGuardedConnector({
        ...{ allowPrivate, timeoutMilliseconds: connectMilliseconds },
        ...(certificateAuthority === undefined ? {} : { certificateAuthority }),
        ...(lookup === undefined ? {} : { lookup }),
      }),
    });
  }

  async put(name: string, body: Uint8Array, request: ObjectRequest): Promise<BoundedAnswer> {
    const condition: Record<string, string> =
      request.only === 'new' ? { 'if-none-match': '*' } : { 'if-match': request.only.etag };
    return this.#send('PUT', name, body, {
      ...request,
      headers: { 'content-type': request.contentType, ...condition },
    });
  }

  /** Throws for an object of more than `maxBytes`. */
  async get(
    name: string,
    request: Pick<ObjectRequest, 'at' | 'signal'> & { readonly maxBytes?: number },
  ): Promise<BoundedAnswer> {
    return this.#send('GET', name, undefined, { ...request, headers: {} });
  }

  async close(): Promise<void> {
    await this.#dispatcher.destroy();
  }

  async #send(
    method: 'GET' | 'PUT',
    name: string,
    body: Uint8Array | undefined,
    request: Pick<ObjectRequest, 'at' | 'signal'> & { headers: Record<string, string>; maxBytes?: number },
  ): Promise<BoundedAnswer> {
    const { region, allowPrivate } = this.#parts;
    const { at, signal, headers, maxBytes = mostAnswerBytes } = request;
    const url = new URL(name, this.#base);
    const signer = new AwsV4Signer({
      ...{ method, url: url.href, service: 's3', region },
      ...(await this.#parts.readKeys()),
      headers: { ...headers, 'x-amz-content-sha256': sha256(body ?? new Uint8Array()) },
      datetime: new Date(at).toISOString().replace(/[:-]|\.\d{3}/g, ''),
    });
    const signed = await signer.sign();
    return postBounded({
      ...{ url, method, allowPrivate, signal, maxBytes },
      headers: Object.fromEntries(signed.headers),
      dispatcher: this.#dispatcher,
      ...(body === undefined ? {} : { body }),
    });
  }
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
