import { createHash, randomBytes } from 'node:crypto';
import {
  type BundleParts,
  type ChosenRecord,
  canonicalJson,
  commitPayload,
  computeRoot,
  cosignText,
  digestBundle,
  digestPolicy,
  digestTool,
  encodeEntry,
  formatCheckpoint,
  formatVerifierKey,
  type HashAt,
  hashLeaf,
  type LedgerEntry,
  MerkleFrontier,
  proveConsistency,
  proveInclusion,
  signNote,
  type WitnessSigner,
  writeBundle,
} from '@countersign/ledger';
import { makeTestSigner } from './grow-test-log.ts';
import { makeTestIssuer, makeTestReceipt } from './make-test-receipt.ts';

export interface TestBundleOptions {
  /** Stands in every place where others may write: names, arguments, results, policies. */
  readonly text?: string;
  /** Records of others in the same log. */
  readonly others?: number;
  /** Cosigns the tree as it was before the bundle was made, or so many records earlier. */
  readonly witness?: { readonly signer: WitnessSigner; readonly missing?: number };
  /** Makes the content another one before the log records it. */
  readonly change?: (parts: BundleParts) => BundleParts;
}

export interface TestBundle {
  readonly lines: readonly string[];
  readonly vkey: string;
  readonly issuerKeys: readonly Readonly<Record<string, unknown>>[];
}

const stream = 'main';
const origin = 'example.test/ledger';
const sha256 = (text: string) => createHash('sha256').update(text).digest('base64url');

/** A bundle of one approved payment in a log of its own, from the prompt to the outcome; for tests. */
export async function makeTestBundle(options: TestBundleOptions = {}): Promise<TestBundle> {
  const { text = 'pay invoice 7', others = 0, change = (parts) => parts } = options;
  const leaves: Uint8Array[] = [];
  const add = (id: string, kind: string, causes: readonly string[], facts: object): ChosenRecord => {
    const payload = canonicalJson(facts);
    const salt = new Uint8Array(randomBytes(16));
    const at = 1_790_000_000_000 + leaves.length * 1000;
    const entry: LedgerEntry = {
      ...{ v: 1, stream, seq: leaves.length, id, at, kind, causes },
      commitment: commitPayload(salt, payload),
    };
    leaves.push(hashLeaf(encodeEntry(entry)));
    return { entry, opening: { payload, salt } };
  };
  for (let n = 0; n < others; n += 1) add(`rec_other${n}`, 'server.started', [], {});
  const payment = recordPayment(add, text);
  for (let n = 0; n < others; n += 1) add(`rec_later${n}`, 'server.stopped', [], {});
  const signer = makeTestSigner(origin);
  const vkey = formatVerifierKey(signer.key);
  const parts = change({
    header: {
      ...{ madeAt: 1_790_000_100_000, madeFor: { id: 'per_9', name: text }, origin, stream, vkey },
      ...{ selection: { task: 'tsk_1' }, truncated: false },
    },
    ...payment,
    missing: ['rec_before'],
  });
  const made = add('rec_made', 'ledger.bundled', [], { body: { by: text, digest: digestBundle(parts) } });
  const hashAt: HashAt = (level, index) => {
    const tree = new MerkleFrontier();
    for (const leaf of leaves.slice(index * 2 ** level, (index + 1) * 2 ** level)) tree.append(leaf);
    return tree.root();
  };
  const size = leaves.length;
  const signHead = async (count: number) =>
    signNote(formatCheckpoint({ origin, size: count, root: await computeRoot(count, hashAt) }), signer);
  const lines: string[] = [];
  for await (const line of writeBundle(parts, {
    made,
    checkpoint: { checkpoint: await signHead(size), witnessed: await see(options.witness, size - 1) },
    prove: ({ seq }) => proveInclusion(seq, size, hashAt),
  }))
    lines.push(line);

  async function see(witness: TestBundleOptions['witness'], count: number) {
    if (witness === undefined) return null;
    const seen = count - (witness.missing ?? 0);
    const note = await signHead(seen);
    const line = cosignText(note.slice(0, note.lastIndexOf('\n\n') + 1), witness.signer, 1_790_000_000);
    return { checkpoint: note + line, consistency: await proveConsistency(seen, size, hashAt) };
  }
  return { lines, vkey, issuerKeys: payment.issuerKeys };
}

type Add = (id: string, kind: string, causes: readonly string[], facts: object) => ChosenRecord;
type Payment = Pick<BundleParts, 'issuerKeys' | 'policies' | 'receipts' | 'records' | 'tools'>;

function recordPayment(add: Add, text: string): Payment {
  const files = [{ name: 'a.cedar', text: `// ${text}\npermit(principal, action, resource);` }];
  const tool = {
    ...{ upstream: 'payments', name: 'send_payment' },
    definition: { name: 'send_payment', description: text },
  };
  const given = { amount: 124000, reference: text };
  const callDigest = sha256(canonicalJson(given));
  const person = { id: 'per_1', name: text };
  const issuer = makeTestIssuer();
  const { receipt, actionDigest, credentialId } = makeTestReceipt(issuer, {
    ...{ approval: 'apr_1', policyVersion: 'pol_1', callDigest, arguments: given, person },
    ...{ voted: 'rec_voted', decided: 'rec_granted' },
  });
  const call = { action: 'act_1', agent: 'agt_1', task: 'tsk_1', tool: 'send_payment', upstream: 'payments' };
  const asked = { ...call, approval: 'apr_1', policyVersion: 'pol_1' };
  const records = [
    add('rec_policy', 'policy.activated', ['rec_before'], {
      ...{ policyVersion: 'pol_1', body: { by: text, digest: digestPolicy({ files }) } },
    }),
    add('rec_passkey', 'person.passkey_added', [], { person: 'per_1', body: { credentialId } }),
    add('rec_task', 'task.opened', [], { agent: 'agt_1', task: 'tsk_1', body: { purpose: text } }),
    add('rec_prompt', 'task.prompt_told', ['rec_task'], {
      agent: 'agt_1',
      task: 'tsk_1',
      body: { prompt: text },
    }),
    add('rec_intent', 'action.intent', ['rec_task'], {
      ...{ ...call, body: { arguments: given, callDigest, operation: 'call', toolDigest: digestTool(tool) } },
    }),
    add('rec_decision', 'action.decision', ['rec_intent'], {
      ...{ ...call, policyVersion: 'pol_1', body: { effect: 'step_up', reasons: [text] } },
    }),
    add('rec_requested', 'approval.requested', ['rec_decision'], {
      ...asked,
      body: { actionDigest, callDigest },
    }),
    add('rec_voted', 'approval.voted', ['rec_requested'], {
      ...{ ...asked, person: 'per_1', body: { actionDigest, choice: 'approve', credentialId } },
    }),
    add('rec_granted', 'approval.granted', ['rec_requested', 'rec_voted'], {
      ...{ ...asked, body: { actionDigest, people: ['per_1'] } },
    }),
    add('rec_receipt', 'approval.receipt_issued', ['rec_granted'], {
      ...{ ...asked, body: { digest: sha256(receipt), outcome: 'approved' } },
    }),
    add('rec_release', 'action.release', ['rec_intent', 'rec_granted'], { ...asked, body: { actionDigest } }),
    add('rec_outcome', 'action.outcome', ['rec_release'], { ...call, body: { result: text, status: 'ok' } }),
  ];
  return {
    ...{ records, issuerKeys: issuer.keys, policies: [{ version: 'pol_1', files }], tools: [tool] },
    receipts: [{ receipt, status: null }],
  };
}
