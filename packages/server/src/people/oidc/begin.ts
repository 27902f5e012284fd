import { AppError } from '@countersign/api';
import type { Context } from '../../context.ts';
import type { Challenges } from '../challenges.ts';
import { openFlow, type Purpose } from './flow.ts';
import { callbackUrl, type Issuer } from './issuer.ts';

/**
 * Where the browser goes to be vouched for, and the cookie without which nobody comes back. Pushed to the issuer when it
 * takes that (RFC 9126). Throws `person.oidc_unavailable`.
 */
export async function beginOidc(
  context: Pick<Context, 'config' | 'platform'>,
  parts: { readonly issuer: Issuer; readonly challenges: Challenges },
  wanted: { readonly purpose: Purpose; readonly returnPath: string },
): Promise<{ readonly url: URL; readonly cookie: string }> {
  const { settings } = parts.issuer;
  const { library, client } = await parts.issuer.open();
  const { flow, cookie } = openFlow(context, parts.challenges, wanted);
  const parameters = {
    redirect_uri: callbackUrl(context.config.server.publicUrl),
    scope: [...new Set(['openid', ...settings.scopes])].join(' '),
    state: flow.state,
    nonce: flow.nonce,
    code_challenge: await library.calculatePKCECodeChallenge(flow.verifier),
    code_challenge_method: 'S256',
    ...(settings.maxAgeSeconds === undefined ? {} : { max_age: String(settings.maxAgeSeconds) }),
  };
  const isPushed = client.serverMetadata().pushed_authorization_request_endpoint !== undefined;
  try {
    const url = isPushed
      ? await library.buildAuthorizationUrlWithPAR(client, parameters)
      : library.buildAuthorizationUrl(client, parameters);
    return { url, cookie };
  } catch (thrown) {
    throw new AppError('person.oidc_unavailable', { cause: thrown });
  }
}
