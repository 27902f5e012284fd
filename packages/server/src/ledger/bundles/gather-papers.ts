import {
  type BundleParts,
  type BundleRecord,
  type ChosenRecord,
  openBundleRecord,
} from '@countersign/ledger';
import type { Context } from '../../context.ts';
import { sha256 } from '../../platform/sha256.ts';

type Papers = Pick<BundleParts, 'issuerKeys' | 'policies' | 'tools' | 'receipts'>;

/** Where the papers are kept that records name by their digests. Nobody is asked whether they may be read. */
export interface PaperSources {
  findPolicy(version: string): Promise<Papers['policies'][number]['files'] | undefined>;
  findTools(digests: readonly string[]): Promise<Papers['tools']>;
  findReceipts(approvals: readonly string[]): Promise<Papers['receipts']>;
}

/** The policies, tools and receipts that these records name, where what they say is in the bundle. */
export async function gatherPapers(
  context: Pick<Context, 'receipts'>,
  sources: PaperSources,
  records: readonly ChosenRecord[],
): Promise<Papers> {
  const opened = records.map((record) => openBundleRecord({ ...record, proof: [] } satisfies BundleRecord));
  const policies: Papers['policies'][number][] = [];
  const versions = new Set<string>();
  const tools = new Set<string>();
  const approvals = new Set<string>();
  const issued = new Set<unknown>();
  for (const { kind, approval, body, policyVersion = '' } of opened) {
    if ((kind === 'action.decision' || kind === 'action.release') && policyVersion !== '')
      versions.add(policyVersion);
    if (kind === 'action.intent' && typeof body?.toolDigest === 'string') tools.add(body.toolDigest);
    if (kind !== 'approval.receipt_issued' || approval === undefined) continue;
    approvals.add(approval);
    issued.add(body?.digest);
  }
  for (const version of [...versions].sort()) {
    const files = await sources.findPolicy(version);
    if (files !== undefined) policies.push({ version, files });
  }
  const receipts = (await sources.findReceipts([...approvals])).filter(({ receipt }) =>
    issued.has(sha256(receipt)),
  );
  const keys = receipts.length === 0 ? [] : context.receipts.published;
  return {
    ...{ policies, receipts },
    issuerKeys: keys.map((key) => ({ ...key })),
    tools: await sources.findTools([...tools]),
  };
}
