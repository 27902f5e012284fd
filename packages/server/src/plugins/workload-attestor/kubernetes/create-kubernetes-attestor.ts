import type { JWTPayload, JWTVerifyGetKey } from 'jose';
import { refuse, requireText, verifyPlatformJwt } from '../verify-platform-jwt.ts';
import type { WorkloadAttestor } from '../workload-attestor.ts';

export interface KubernetesOptions {
  readonly name: string;
  /** The cluster's service account issuer. */
  readonly issuer: string;
  readonly keys: JWTVerifyGetKey;
  readonly audience: string;
  readonly clockSkewSeconds: number;
  now(): number;
}

const longestSeconds = 86_400;
const subjectForm =
  /^system:serviceaccount:([a-z0-9](?:[-a-z0-9]*[a-z0-9])?):([a-z0-9](?:[-.a-z0-9]*[a-z0-9])?)$/;

/**
 * Service account tokens that the kubelet projects into a pod for this server as audience. A token of before 1.21, which
 * never ends and names no audience, is refused. The kubelet's token serves many times, so it is bound to its first key.
 */
export function createKubernetesAttestor(options: KubernetesOptions): WorkloadAttestor {
  return {
    name: options.name,
    kind: 'kubernetes',
    recognises: ({ issuer, subject }) =>
      issuer === options.issuer && subject?.startsWith('system:serviceaccount:') === true,
    async attest(assertion) {
      const claims = await verifyPlatformJwt(assertion, {
        ...options,
        algorithms: ['RS256', 'ES256', 'ES384', 'ES512'],
        types: ['JWT'],
        longestSeconds,
      });
      const subject = requireText(claims.sub);
      const [, namespace, serviceAccount] = subjectForm.exec(subject) ?? [];
      if (namespace === undefined || serviceAccount === undefined) throw refuse();
      return {
        subject,
        facts: { namespace, serviceaccount: serviceAccount, ...readBinding(claims) },
        expiresAt: (claims.exp ?? 0) * 1000,
        isSingleUse: false,
      };
    },
  };
}

/** Ids of the objects the token is bound to: a service account made again under the same name has another. */
function readBinding(claims: JWTPayload): Record<string, string> {
  const bound = asObject(claims['kubernetes.io']);
  const facts: Record<string, string> = {};
  for (const [member, object] of [
    ['serviceaccount_uid', asObject(bound.serviceaccount).uid],
    ['pod', asObject(bound.pod).name],
    ['pod_uid', asObject(bound.pod).uid],
    ['node', asObject(bound.node).name],
  ] as const) {
    if (typeof object === 'string' && object !== '' && object.length <= 253) facts[member] = object;
  }
  return facts;
}

function asObject(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}
