import { AppError } from '@countersign/api';
import type { Selectable } from 'kysely';
import type { Logger } from 'pino';
import type { MasterKey } from '../../platform/master-key.ts';
import type { Store } from '../../plugins/database/database.ts';
import type { Schema } from '../../plugins/database/schema.ts';
import type { CredentialOf } from '../credentials/credential-settings.ts';
import type { IssueParts } from '../credentials/issue-parts.ts';
import type { Holder } from '../credentials/minted.ts';
import type { HeldTokens } from './held-tokens.ts';

export type ConnectionRow = Selectable<Schema['upstream_connections']>;
export type UserCredential = CredentialOf<'oauth-user'>;

/** What connections need of the server beyond getting credentials. */
export interface ConnectionParts extends IssueParts {
  readonly store: Store;
  readonly masterKey: MasterKey;
  readonly log: Logger;
  /** Refreshes under way, so that a connection is refreshed by one at a time. */
  readonly refreshing: Map<string, Promise<HeldTokens>>;
  /** Tokens that the issuer gave and the secret store has not taken yet: losing them would lose the connection. */
  readonly unsaved: Map<string, HeldTokens>;
  /** Puts everything that rests on a connection out of use, and cuts the calls that go on with it. */
  forgetConnection(connection: Pick<ConnectionRow, 'id' | 'upstream'>): void;
}

/** Where a person goes to connect: the page asks who they are, so the address gives nothing away. */
export function connectPath(upstream: string): string {
  return `/upstreams/${upstream}/connect`;
}

export function connectionNeeded(parts: Pick<IssueParts, 'publicUrl'>, upstream: string): AppError {
  const connect = `${parts.publicUrl}${connectPath(upstream)}`;
  return new AppError('upstream.connection_needed', {
    detail: `they connect at ${connect}`,
    data: { upstream, connect },
  });
}

/** Throws `upstream.connection_unsupported` unless people connect to this upstream. */
export function requireUserCredential(holder: Holder): UserCredential {
  const { credential } = holder.settings;
  if (credential?.kind !== 'oauth-user') throw new AppError('upstream.connection_unsupported');
  return credential;
}
