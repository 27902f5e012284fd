import { randomBytes } from 'node:crypto';
import { createRemoteJWKSet, jwtVerify } from 'jose';
import { type LoopbackServer, serveLoopback } from './serve-loopback.ts';

export interface StsOptions {
  /** The issuer whose statements this account trusts. */
  readonly trusts: string;
  readonly roleArn: string;
}

export interface StsSession {
  readonly name: string;
  readonly subject: string;
  readonly policy: string | null;
  readonly durationSeconds: number;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
}

export interface Sts extends LoopbackServer {
  readonly sessions: readonly StsSession[];
}

/** AssumeRoleWithWebIdentity in AWS's own form, for one role and one trusted issuer. */
export async function startSts({ trusts, roleArn }: StsOptions): Promise<Sts> {
  const sessions: StsSession[] = [];
  const keys = createRemoteJWKSet(new URL(`${trusts}/oauth/jwks`));
  const server = await serveLoopback(async (_request, body, response) => {
    const asked = new URLSearchParams(body);
    const refuse = (code: string) =>
      response
        .writeHead(400, { 'content-type': 'text/xml' })
        .end(`<ErrorResponse><Error><Type>Sender</Type><Code>${code}</Code></Error></ErrorResponse>`);
    if (asked.get('Action') !== 'AssumeRoleWithWebIdentity' || asked.get('Version') !== '2011-06-15')
      return refuse('InvalidAction');
    if (asked.get('RoleArn') !== roleArn) return refuse('AccessDenied');
    let subject: string;
    try {
      const { payload } = await jwtVerify(asked.get('WebIdentityToken') ?? '', keys, {
        issuer: trusts,
        audience: 'sts.amazonaws.com',
      });
      subject = String(payload.sub);
    } catch {
      return refuse('InvalidIdentityToken');
    }
    const session = {
      name: asked.get('RoleSessionName') ?? '',
      subject,
      policy: asked.get('Policy'),
      durationSeconds: Number(asked.get('DurationSeconds')),
      secretAccessKey: randomBytes(30).toString('base64'),
      sessionToken: randomBytes(200).toString('base64'),
    };
    sessions.push(session);
    const expiration = new Date(Date.now() + session.durationSeconds * 1000).toISOString();
    response.writeHead(200, { 'content-type': 'text/xml' }).end(
      `<AssumeRoleWithWebIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">
  <AssumeRoleWithWebIdentityResult>
    <SubjectFromWebIdentityToken>${subject}</SubjectFromWebIdentityToken>
    <Credentials>
      <SessionToken>${session.sessionToken}</SessionToken>
      <SecretAccessKey>${session.secretAccessKey}</SecretAccessKey>
      <Expiration>${expiration}</Expiration>
      <AccessKeyId>ASIA${randomBytes(8).toString('hex').toUpperCase()}</AccessKeyId>
    </Credentials>
  </AssumeRoleWithWebIdentityResult>
</AssumeRoleWithWebIdentityResponse>`,
    );
  });
  return { ...server, sessions };
}
