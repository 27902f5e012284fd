import { AppError } from '@countersign/api';
import type { JsonObject } from '@countersign/core';
import { DocumentUnavailable, type FetchDocument } from '../../outbound/fetch-document.ts';
import type { UpstreamSettings } from '../live-upstream.ts';
import { mostDocumentBytes, readDocument } from './read-document.ts';

const patienceMilliseconds = 20_000;
const accept =
  'application/openapi+json, application/openapi+yaml, application/json, application/yaml;q=0.9, */*;q=0.1';

export interface DocumentSource {
  readonly settings: Pick<UpstreamSettings, 'documentUrl' | 'allowPrivate'>;
  readonly document: string | null;
  readonly fetchDocument: FetchDocument;
}

/** The document a person gave, or the one now at its address, asked for without any credential. Throws `upstream.document_invalid`, `upstream.address_refused`. */
export async function loadDocument({
  settings,
  document,
  fetchDocument,
}: DocumentSource): Promise<JsonObject> {
  if (document !== null) return readDocument(document);
  const { documentUrl: url, allowPrivate = false } = settings;
  if (url === undefined) throw new AppError('upstream.document_invalid', { detail: 'there is none' });
  try {
    const wanted = { url, allowPrivate, accept, maxBytes: mostDocumentBytes };
    const { text } = await fetchDocument({ ...wanted, timeoutMilliseconds: patienceMilliseconds });
    return readDocument(text);
  } catch (thrown) {
    if (!(thrown instanceof DocumentUnavailable)) throw thrown;
    throw new AppError('upstream.document_invalid', { detail: thrown.message, cause: thrown });
  }
}
