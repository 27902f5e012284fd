import { AppError } from '@countersign/api';
import { type Dispatcher, request } from 'undici';
import { requireUpstreamUrl } from './address-guard.ts';
import { createSingleConnection } from './create-single-connection.ts';
import type { Lookup } from './guarded-connector.ts';
import { readBounded } from './read-bounded.ts';

export interface DocumentRequest {
  readonly url: string;
  /** Private and loopback addresses, and clear text there. */
  readonly allowPrivate?: boolean;
  /** PEM certificates trusted instead of the system's. */
  readonly certificateAuthority?: string;
  /** Sent as `Accept`. */
  readonly accept?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly maxBytes?: number;
  /** For the whole exchange. */
  readonly timeoutMilliseconds?: number;
  readonly lookup?: Lookup;
}

export interface FetchedDocument {
  readonly text: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}

/** The document could not be had. `message` is safe to show: it never holds what the other side wrote. */
export class DocumentUnavailable extends Error {
  override readonly name = 'DocumentUnavailable';
}

export type FetchDocument = (wanted: DocumentRequest) => Promise<FetchedDocument>;

/**
 * GETs a small document from an address that a stranger or an operator named. Only 200 counts and no redirect is followed,
 * the connection keeps the address that was checked, and size and time of the whole are bounded. Throws
 * `upstream.address_refused`, or `DocumentUnavailable`: each caller has its own word for that.
 */
export const fetchDocument: FetchDocument = async (wanted) => {
  const { allowPrivate = false, timeoutMilliseconds = 3000, maxBytes = 65_536 } = wanted;
  const url = requireUpstreamUrl(wanted.url, allowPrivate);
  const { lookup, certificateAuthority } = wanted;
  const dispatcher = createSingleConnection({
    ...{ allowPrivate, timeoutMilliseconds },
    ...(lookup === undefined ? {} : { lookup }),
    ...(certificateAuthority === undefined ? {} : { certificateAuthority }),
  });
  try {
    const response = await request(url, {
      dispatcher,
      headers: { ...wanted.headers, accept: wanted.accept ?? 'application/json' },
      // Headers, body and connection together: a stranger who trickles gains nothing.
      signal: AbortSignal.timeout(timeoutMilliseconds),
    });
    if (response.statusCode !== 200) throw new DocumentUnavailable(`the answer was ${response.statusCode}`);
    return { text: await readText(response.body, maxBytes), headers: response.headers };
  } catch (thrown) {
    throw describeFailure(thrown);
  } finally {
    await dispatcher.destroy();
  }
};

async function readText(body: Dispatcher.ResponseData['body'], maxBytes: number): Promise<string> {
  const bytes = await readBounded(body, maxBytes, () => new DocumentUnavailable('the document is too large'));
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new DocumentUnavailable('the document is not UTF-8');
  }
}

/** A guard's refusal comes wrapped in the error of the connection attempt. */
function describeFailure(thrown: unknown): Error {
  for (let error = thrown, depth = 0; error instanceof Error && depth < 4; error = error.cause, depth += 1) {
    if (error instanceof AppError || error instanceof DocumentUnavailable) return error;
    if (error.name === 'TimeoutError') return new DocumentUnavailable('it took too long');
  }
  return new DocumentUnavailable('the request failed', { cause: thrown });
}
