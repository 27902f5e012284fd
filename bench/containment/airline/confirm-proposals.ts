import type { TestGateway } from '@countersign/testkit';

/** Confirms of each tool what is proposed of it, as a person does who agrees. */
export async function confirmProposals(
  gateway: TestGateway,
  upstream: string,
  names: readonly string[],
): Promise<void> {
  for (const name of names) {
    const path = `/v1/upstreams/${upstream}/tools/${name}`;
    const found = await gateway.operator('GET', path);
    const { proposal, digest } = found.json as {
      readonly proposal: { readonly effects: readonly string[]; readonly reversibility: string };
      readonly digest: string;
    };
    const { effects, reversibility } = proposal;
    const said = { effects, reversibility, dataDomain: upstream, digest };
    const confirmed = await gateway.operator('PUT', `${path}/classification`, said);
    if (confirmed.status !== 200) throw new Error(`${name} is not confirmed: ${confirmed.body}`);
  }
}
