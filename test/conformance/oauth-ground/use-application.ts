import {
  type AgentKey,
  createRawClient,
  type HttpReply,
  type PublishedDocuments,
  publishDocuments,
  type RawClient,
  type StartGatewayOptions,
  startGateway,
  startPlainUpstream,
  type TestGateway,
  type TestPerson,
  type Upstream,
} from '@countersign/testkit';
import { afterAll, beforeAll } from 'vitest';

/** A gateway, an application that people use, and the public network where it says who it is. */
export interface Application {
  readonly gateway: TestGateway;
  readonly upstream: Upstream;
  readonly documents: PublishedDocuments;
  readonly person: TestPerson;
  readonly resource: string;
  /** Another installation of the application: with a verifier and state of its own. */
  create(changes?: {
    readonly key?: AgentKey;
    readonly clientId?: string;
    readonly redirectUri?: string;
    readonly resource?: string;
  }): RawClient;
}

export const APP = 'https://app.example/client.json';
export const NATIVE = 'http://127.0.0.1:33418/callback';
export const WEB = 'https://app.example/callback';

export function describeApp(clientId: string, changes: object = {}): object {
  const redirects = ['http://127.0.0.1/callback', WEB, 'appname://signed-in'];
  return { client_id: clientId, client_name: 'App', redirect_uris: redirects, ...changes };
}

export function useApplication(options: StartGatewayOptions = {}): () => Application {
  let application: Application | undefined;
  const ends: (() => Promise<void>)[] = [];
  beforeAll(async () => {
    const documents = publishDocuments();
    documents.publish(APP, describeApp(APP));
    const upstream = await startPlainUpstream();
    ends.push(() => upstream.close());
    const gateway = await startGateway({ fetchDocument: documents.fetchDocument, ...options });
    ends.push(() => gateway.stop());
    const resource = await gateway.addUpstream('shop', { url: upstream.url });
    await gateway.activatePolicy('permit (principal, action, resource);');
    const person = gateway.administrator;
    application = {
      ...{ gateway, upstream, documents, person, resource },
      create: (changes = {}) =>
        createRawClient({ url: gateway.url, clientId: APP, redirectUri: NATIVE, resource, ...changes }),
    };
  });
  afterAll(async () => {
    for (const end of ends.reverse()) await end();
  });
  return () => {
    if (application === undefined) throw new Error('not started yet');
    return application;
  };
}

/** RFC 6749 error and our own code of a refusal at an endpoint. */
export function readError({
  status,
  json,
}: HttpReply): readonly [number, string | undefined, string | undefined] {
  const { error, code } = (json ?? {}) as { readonly error?: string; readonly code?: string };
  return [status, error, code];
}

/** The code that a page names. */
export function readPageCode({ body }: HttpReply): string | undefined {
  return /<p class="quiet">([a-z]+\.[a-z_]+)/.exec(body)?.[1];
}
