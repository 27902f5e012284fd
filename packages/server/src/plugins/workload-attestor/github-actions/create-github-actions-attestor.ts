import type { JWTVerifyGetKey } from 'jose';
import { pickFacts, requireText, verifyPlatformJwt } from '../verify-platform-jwt.ts';
import type { WorkloadAttestor } from '../workload-attestor.ts';

export interface GitHubActionsOptions {
  readonly name: string;
  readonly issuer: string;
  readonly keys: JWTVerifyGetKey;
  readonly audience: string;
  readonly clockSkewSeconds: number;
  now(): number;
}

export const gitHubActionsIssuer = 'https://token.actions.githubusercontent.com';

const longestSeconds = 3600;
/** Names can be taken over after a rename or deletion, ids cannot: a binding does well to demand the ids. */
const facts = [
  ...['repository', 'repository_id', 'repository_owner', 'repository_owner_id', 'repository_visibility'],
  ...['ref', 'ref_type', 'ref_protected', 'environment', 'event_name', 'workflow_ref', 'job_workflow_ref'],
  ...['runner_environment', 'actor', 'actor_id', 'run_id', 'run_attempt', 'sha'],
];

/** The OIDC token of one job of GitHub Actions. A job asks for a new one each time, so each counts once. */
export function createGitHubActionsAttestor(options: GitHubActionsOptions): WorkloadAttestor {
  return {
    name: options.name,
    kind: 'github-actions',
    recognises: ({ issuer }) => issuer === options.issuer,
    async attest(assertion) {
      const claims = await verifyPlatformJwt(assertion, {
        ...options,
        algorithms: ['RS256'],
        types: ['JWT'],
        longestSeconds,
      });
      requireText(claims.jti);
      return {
        subject: requireText(claims.sub),
        facts: pickFacts(claims, facts),
        expiresAt: (claims.exp ?? 0) * 1000,
        isSingleUse: true,
      };
    },
  };
}
