import { AppError } from '@countersign/api';
import type { ConnectionParts } from '../connections/connection-parts.ts';
import { issueOauthUser } from '../connections/issue-oauth-user.ts';
import { issueAwsSts } from './issue-aws-sts.ts';
import { issueClientCredentials } from './issue-client-credentials.ts';
import { issueGithubApp } from './issue-github-app.ts';
import { issueTokenExchange } from './issue-token-exchange.ts';
import type { Claimant, Holder, Issued } from './minted.ts';

/** A new credential of the kind that the upstream's settings say. Throws `upstream.*` and `secret.*`. */
export function issueCredential(
  parts: ConnectionParts,
  holder: Holder,
  claimant: Claimant | null,
  refused: string | undefined,
): Promise<Issued> {
  const { credential } = holder.settings;
  const request = { holder, claimant, refused };
  switch (credential?.kind) {
    case 'oauth-user':
      return issueOauthUser(parts, { ...request, credential });
    case 'client-credentials':
      return issueClientCredentials(parts, { ...request, credential });
    case 'token-exchange':
      return issueTokenExchange(parts, { ...request, credential });
    case 'github-app':
      return issueGithubApp(parts, { ...request, credential });
    case 'aws-sts':
      return issueAwsSts(parts, { ...request, credential });
    case undefined:
      throw new AppError('upstream.settings_invalid');
  }
}
