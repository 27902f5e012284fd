import { decisionResource } from '../../tokens/index.ts';

/** AuthZEN 1.0 §12.1, the default paths. */
export function listEndpoints(issuer: string) {
  const base = decisionResource(issuer);
  return {
    policy_decision_point: issuer,
    access_evaluation_endpoint: `${base}/evaluation`,
    access_evaluations_endpoint: `${base}/evaluations`,
    search_subject_endpoint: `${base}/search/subject`,
    search_resource_endpoint: `${base}/search/resource`,
    search_action_endpoint: `${base}/search/action`,
  };
}

export function accessRequestEndpoint(issuer: string): string {
  return `${decisionResource(issuer)}/requests`;
}

/** AuthZEN 1.0 §11, with the Access Request and Approval Profile's parameters. */
export function describeDecisionPoint(issuer: string) {
  return {
    ...listEndpoints(issuer),
    access_request_endpoint: accessRequestEndpoint(issuer),
    // AuthZEN Obligations Profile: those of `describeObligations`.
    supported_obligations: ['custom'],
    jwks_uri: `${issuer}/oauth/jwks`,
    capabilities: ['urn:openid:authzen:capability:access-request'],
  };
}
