import type { StartOptions } from '@countersign/server';

type FetchDocument = NonNullable<StartOptions['fetchDocument']>;

export interface PublishedDocuments {
  /** Stands in for the public network. */
  readonly fetchDocument: FetchDocument;
  /** How often each address was asked for. */
  readonly fetched: ReadonlyMap<string, number>;
  publish(url: string, document: object | string, headers?: { readonly [name: string]: string }): void;
  withdraw(url: string): void;
}

/** Documents at addresses of the public network, which tests do not have. */
export function publishDocuments(): PublishedDocuments {
  const documents = new Map<string, { text: string; headers: { readonly [name: string]: string } }>();
  const fetched = new Map<string, number>();
  return {
    fetched,
    publish(url, document, headers = {}) {
      const text = typeof document === 'string' ? document : JSON.stringify(document);
      documents.set(url, { text, headers: { 'content-type': 'application/json', ...headers } });
    },
    withdraw: (url) => void documents.delete(url),
    async fetchDocument({ url }) {
      fetched.set(url, (fetched.get(url) ?? 0) + 1);
      const found = documents.get(url);
      if (found === undefined) throw new Error('nothing is published there');
      return found;
    },
  };
}
