import { AppError } from '@countersign/api';
import { lied } from '../json-rpc.ts';
import { type IssueParts, type IssueRequest, signStatement } from './issue-parts.ts';
import type { Issued } from './minted.ts';

const shortestSeconds = 900;
const mostSkewMilliseconds = 60_000;

/**
 * Temporary AWS credentials by AssumeRoleWithWebIdentity: AWS trusts this server's signed statement about the agent, so
 * that no AWS key is stored anywhere. The session carries the task's id as its name, and no more than the session policy.
 */
export async function issueAwsSts(
  parts: IssueParts,
  { credential, claimant }: IssueRequest<'aws-sts'>,
): Promise<Issued> {
  const { roleArn, region } = credential;
  const domain = region.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com';
  const endpoint = credential.endpoint ?? `https://sts.${region}.${domain}/`;
  const audience = credential.audience ?? 'sts.amazonaws.com';
  const durationSeconds = credential.durationSeconds ?? shortestSeconds;
  const body = new URLSearchParams({
    Action: 'AssumeRoleWithWebIdentity',
    Version: '2011-06-15',
    RoleArn: roleArn,
    RoleSessionName: claimant?.task ?? 'countersign',
    WebIdentityToken: await signStatement(parts, audience, claimant, 'agent'),
    DurationSeconds: String(durationSeconds),
    ...(credential.sessionPolicy === undefined ? {} : { Policy: credential.sessionPolicy }),
  });
  const response = await parts.fetch(credential.allowPrivate === true)(endpoint, {
    method: 'POST',
    headers: { accept: 'application/xml', 'content-type': 'application/x-www-form-urlencoded' },
    body,
  });
  const answer = await response.text();
  if (response.status !== 200) {
    const code = /<Code>([A-Za-z]{1,64})<\/Code>/.exec(answer)?.[1] ?? `status ${response.status}`;
    throw new AppError('upstream.credential_unavailable', { detail: `AWS STS answered ${code}` });
  }
  const given = readCredentials(answer);
  const latest = parts.platform.now() + durationSeconds * 1000 + mostSkewMilliseconds;
  return {
    kind: credential.kind,
    environment: {
      AWS_ACCESS_KEY_ID: given.accessKeyId,
      AWS_SECRET_ACCESS_KEY: given.secretAccessKey,
      AWS_SESSION_TOKEN: given.sessionToken,
      AWS_REGION: region,
    },
    values: [given.secretAccessKey, given.sessionToken],
    expiresAt: Math.min(given.expiresAt, latest),
    facts: {
      issuer: new URL(endpoint).origin,
      role: roleArn,
      narrowed: credential.sessionPolicy !== undefined,
    },
  };
}

/** The four values of the one `Credentials` element; none of them needs an entity of XML. */
function readCredentials(xml: string) {
  const [credentials, ...others] = xml.match(/<Credentials>[\s\S]{1,16384}?<\/Credentials>/g) ?? [];
  if (credentials === undefined || others.length > 0) throw lied('AWS STS answered out of form');
  const read = (name: string, form: string): string => {
    const value = new RegExp(`<${name}>(${form})</${name}>`).exec(credentials)?.[1];
    if (value === undefined) throw lied('AWS STS answered out of form');
    return value;
  };
  const expiresAt = Date.parse(read('Expiration', '[0-9TZ:.+-]{10,40}'));
  if (!Number.isFinite(expiresAt)) throw lied('AWS STS answered out of form');
  return {
    accessKeyId: read('AccessKeyId', '[A-Z0-9]{16,128}'),
    secretAccessKey: read('SecretAccessKey', '[A-Za-z0-9+/=]{16,128}'),
    sessionToken: read('SessionToken', '[A-Za-z0-9+/=]{16,8192}'),
    expiresAt,
  };
}
