import type { HttpReply, TestGateway, TestPerson } from '@countersign/testkit';
import { requireDone } from './use-scene.ts';

/** Says that a payment spends what it names, and may be taken back: not of the gravest tier. */
export async function confirmPay(gateway: TestGateway): Promise<void> {
  const classification = {
    ...{ effects: ['spend'], dataDomain: 'payments', reversibility: 'reversible' },
    ...{ amountPointer: '/amount', amountCurrency: '/currency' },
  };
  const path = '/v1/upstreams/shop/tools/pay/classification';
  requireDone(await gateway.administrator.request('PUT', path, classification));
}

/** A person's yes to a call and to others like it. */
export function grantCalls(
  person: TestPerson,
  approval: string,
  grant: { readonly uses: number; readonly [name: string]: unknown },
): Promise<HttpReply> {
  const expiresAt = Date.now() + 5 * 60_000;
  return person.decide(approval, 'approve', undefined, { grant: { expiresAt, ...grant } });
}

/** What counts as used of a grant, as people see it. */
export async function findGrant(gateway: TestGateway, approval: string, filter = 'active') {
  const { json } = await gateway.administrator.request('GET', `/v1/approvals/grants?filter=${filter}`);
  const { items } = json as { items: readonly { approvalId: string; used: number; uses: number }[] };
  return items.find((one) => one.approvalId === approval);
}
