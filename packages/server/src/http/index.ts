export { type ControlPlaneParts, createControlPlane, type MountedRoutes } from './app.ts';
export { createPageAssets, type PageAssets } from './create-page-assets.ts';
export { createRoutes, type HttpEnv } from './create-routes.ts';
export { describeBody, describeJson } from './describe-json.ts';
export { writeOperatorToken } from './operator-token.ts';
export { createProblemResponse, type Problem, readThrown } from './problem.ts';
export { authenticateRequest, findVisitor, requestActor } from './request-actor.ts';
export { pagePolicy } from './security-headers.ts';
