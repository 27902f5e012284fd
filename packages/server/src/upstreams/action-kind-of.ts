import type { ActionKind } from '@countersign/core';
import type { UpstreamRow } from './live-upstream.ts';

/** What policies call each kind of upstream. */
const actionKinds: Readonly<Record<UpstreamRow['kind'], ActionKind>> = {
  'mcp-http': 'mcp',
  'mcp-stdio': 'mcp',
  http: 'http',
  model: 'model',
  a2a: 'agent',
  hooks: 'hook',
};

export function actionKindOf(upstream: Pick<UpstreamRow, 'kind'>): ActionKind {
  return actionKinds[upstream.kind];
}
