import {
  type BundleParts,
  type BundleRecord,
  type ChosenRecord,
  openBundleRecord,
  verifyReceipt,
} from '@countersign/ledger';
import type { Context } from '../../context.ts';
import { sha256 } from '../../platform/sha256.ts';
import type { Reading } from '../scope/reading.ts';

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
  { records, reading }: { readonly records: readonly ChosenRecord[]; readonly reading: Reading },
): Promise<Papers> {
  const opened = records.map((record) => openBundleRecord({ ...record, proof: [] } satisfies BundleRecord));
  const policies: Papers['policies'][number][] = [];
  const versions = new Set<string>();
  const tools = new Set<string>();
  const approvals = new Set<string>();
  const issued = new Set<unknown>();
  const active = new Set<string>();
  const open = new Set(opened.filter(({ erased }) => !erased).map(({ id }) => id));
  // The text that was signed is what the intent says.
  const asked = new Set(
    opened
      .filter(({ erased, kind }) => !erased && kind === 'action.intent')
      .map(({ body }) => body?.callDigest),
  );
  for (const { kind, approval, body, policyVersion = '' } of opened) {
    if ((kind === 'action.decision' || kind === 'action.release') && policyVersion !== '')
      versions.add(policyVersion);
    if (kind === 'policy.activated' && body !== undefined) active.add(policyVersion);
    if (kind === 'action.intent' && typeof body?.toolDigest === 'string') tools.add(body.toolDigest);
    if (kind !== 'approval.receipt_issued' || approval === undefined) continue;
    approvals.add(approval);
    issued.add(body?.digest);
  }
  for (const version of [...versions].sort()) {
    // Of a scope, only what went live within it.
    if (reading.access !== undefined && !active.has(version)) continue;
    const files = await sources.findPolicy(version);
    if (files !== undefined) policies.push({ version, files });
  }
  const receipts = (await sources.findReceipts([...approvals])).filter(
    ({ receipt }) =>
      issued.has(sha256(receipt)) &&
      (reading.access === undefined || isReached(receipt, { open, asked, keys: context.receipts.published })),
  );
  const keys = receipts.length === 0 ? [] : context.receipts.published;
  return {
    ...{ policies, receipts },
    issuerKeys: keys.map((key) => ({ ...key })),
    tools: await sources.findTools([...tools]),
  };
}

/** A receipt says who decided what: a reader who may not read each of these records does not get it from there. */
function isReached(
  receipt: string,
  {
    asked,
    keys,
    open,
  }: {
    readonly asked: ReadonlySet<unknown>;
    readonly keys: Context['receipts']['published'];
    readonly open: ReadonlySet<string>;
  },
): boolean {
  const { claims } = verifyReceipt(receipt, { keys: keys.map((key) => ({ ...key })) });
  if (claims === null || !asked.has(claims.action.callDigest)) return false;
  return open.has(claims.approval.record) && claims.votes.every((vote) => open.has(vote.record));
}
