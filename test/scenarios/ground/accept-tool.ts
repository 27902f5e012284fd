import type { GatewayDriver } from '@countersign/testkit';
import { requireDone } from './use-scene.ts';

interface HeldTool {
  readonly offeredDigest: string;
  readonly findingsDigest: string | null;
}

/** Accepts a held tool as a person does who has seen its definition, and what was found in it. */
export async function acceptTool(
  gateway: Pick<GatewayDriver, 'operator'>,
  upstream: string,
  tool: string,
): Promise<void> {
  const path = `/v1/upstreams/${upstream}/tools/${tool}`;
  const { offeredDigest, findingsDigest } = requireDone<HeldTool>(await gateway.operator('GET', path));
  const seen = findingsDigest === null ? {} : { findings: findingsDigest };
  requireDone(await gateway.operator('POST', `${path}/accept`, { digest: offeredDigest, ...seen }));
}
