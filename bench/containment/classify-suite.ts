import type { TestGateway } from '@countersign/testkit';
import type { SuiteTool } from './suites.ts';

/** Confirms each tool of a suite, as a person does who has looked at what is proposed. */
export async function classifySuite(
  gateway: TestGateway,
  suite: string,
  tools: readonly SuiteTool[],
): Promise<void> {
  for (const { name } of tools) {
    const path = `/v1/upstreams/${suite}/tools/${name}`;
    const found = await gateway.operator('GET', path);
    const { proposal, digest } = found.json as { proposal: object; digest: string };
    const { effects, reversibility } = proposal as { effects: unknown; reversibility: unknown };
    const said = { effects, reversibility, dataDomain: suite, digest };
    const confirmed = await gateway.operator('PUT', `${path}/classification`, said);
    if (confirmed.status !== 200) throw new Error(`${suite}/${name} is not classified: ${confirmed.body}`);
  }
}
