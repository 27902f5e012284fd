import type { TestGateway } from '@countersign/testkit';
import { confirmProposal, type ProposedTool } from './classification/confirm-proposal.ts';
import type { SuiteTool } from './suites.ts';

/** Confirms each tool of a suite, as a person does who has looked at what is proposed. */
export async function classifySuite(
  gateway: TestGateway,
  suite: string,
  tools: readonly SuiteTool[],
): Promise<void> {
  for (const tool of tools) {
    const path = `/v1/upstreams/${suite}/tools/${tool.name}`;
    const found = await gateway.operator('GET', path);
    const { proposal, digest } = found.json as { proposal: ProposedTool; digest: string };
    const said = { ...confirmProposal(tool, proposal), digest };
    const confirmed = await gateway.operator('PUT', `${path}/classification`, said);
    if (confirmed.status !== 200)
      throw new Error(`${suite}/${tool.name} is not classified: ${confirmed.body}`);
  }
}
