import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { Context } from '../../context.ts';
import { sha256 } from '../../platform/sha256.ts';
import type { Challenges } from '../challenges.ts';
import { toSafeReturnPath } from '../safe-return-path.ts';

const purposeSchema = z.discriminatedUnion('to', [
  z.strictObject({ to: z.literal('sign-in') }),
  z.strictObject({
    to: z.literal('link'),
    person: z.string().max(64),
    session: z.string().max(64),
  }),
]);

/** What somebody left for their issuer to do. */
export type Purpose = z.infer<typeof purposeSchema>;

/** One way to the issuer and back, by one browser. */
export interface Flow {
  readonly purpose: Purpose;
  readonly returnPath: string;
  /** To the issuer and back; good once, for this browser alone. */
  readonly state: string;
  readonly nonce: string;
  readonly verifier: string;
}

export const flowSeconds = 15 * 60;
const flowSchema = z.strictObject({ purpose: purposeSchema, returnPath: z.string().max(512) });

/** `__Host-` as for sessions. Lax, because the browser comes back from another site. */
export function flowCookieName(publicUrl: string): string {
  return publicUrl.startsWith('https:') ? '__Host-countersign-oidc' : 'countersign-oidc';
}

/** A new flow and the cookie that alone can end it: all else follows from its secret, so nothing is kept here. */
export function openFlow(
  { platform }: Pick<Context, 'platform'>,
  challenges: Challenges,
  wanted: { readonly purpose: Purpose; readonly returnPath: string },
): { readonly flow: Flow; readonly cookie: string } {
  const secret = Buffer.from(platform.randomBytes(32)).toString('base64url');
  const cookie = `${secret}.${Buffer.from(JSON.stringify(wanted)).toString('base64url')}`;
  const state = challenges.issue(holderOf(cookie));
  return { flow: { ...wanted, state, ...derive(secret) }, cookie };
}

/** The flow that this state and this cookie began, if both belong together and it is not used up. */
export async function findFlow(
  challenges: Challenges,
  cookie: string | undefined,
  state: string,
): Promise<Flow | undefined> {
  if (cookie === undefined || cookie.length > 4_096) return undefined;
  if (!challenges.isIssued(state, holderOf(cookie)) || !(await challenges.spend(state))) return undefined;
  const [secret = '', said = ''] = cookie.split('.');
  const { purpose, returnPath } = flowSchema.parse(
    JSON.parse(Buffer.from(said, 'base64url').toString('utf8')),
  );
  return { purpose, returnPath: toSafeReturnPath(returnPath), state, ...derive(secret) };
}

const holderOf = (cookie: string): string => `oidc:${sha256(cookie)}`;

function derive(secret: string): Pick<Flow, 'nonce' | 'verifier'> {
  const digest = (what: string): string =>
    createHash('sha256').update(`countersign/oidc/${what}\n${secret}`).digest('base64url');
  return { nonce: digest('nonce'), verifier: digest('verifier') };
}
