import type { TestGateway } from '@countersign/testkit';

interface Told {
  readonly requirement?: unknown;
  readonly body?: {
    readonly policies?: readonly string[];
    readonly facts?: { readonly plan?: { readonly state?: string }; readonly provenance?: unknown };
  };
  readonly causes?: readonly string[];
}

/** Which policies did it, how the call stood to the plan and where its values came from, as the ledger has it. */
export async function readReason(gateway: TestGateway, evidence: string | null): Promise<string> {
  if (evidence === null) return '';
  const record = evidence.startsWith('apr_') ? await findDecision(gateway, evidence) : evidence;
  if (record === undefined) return '';
  const { body } = (await gateway.operator('GET', `/v1/ledger/records/${record}`)).json as Told;
  const by = (body?.policies ?? []).join(', ');
  const plan = body?.facts?.plan?.state;
  const origins = JSON.stringify(body?.facts?.provenance ?? []);
  return `by ${by || 'limits'}, plan ${plan ?? 'not read'}, provenance ${origins}`;
}

async function findDecision(gateway: TestGateway, approval: string): Promise<string | undefined> {
  const [asked] = await gateway.records({ approval, kind: 'approval.requested' });
  return asked?.causes[0];
}
