import type { PasskeyProof } from './verify-passkey.ts';

/** Media type of an SD-JWT VC, and what its header says. */
export const receiptType = 'dc+sd-jwt';

/** What a receipt says of one person's decision; the whole of it can be left out by whoever shows the receipt. */
export interface ReceiptVote {
  readonly person: string;
  readonly name: string;
  readonly outcome: 'approve' | 'deny';
  readonly reason: string | null;
  /** Epoch milliseconds, like all times but `iat`. */
  readonly at: number;
  /** The ledger's record of the vote. */
  readonly record: string;
  /** Null for a refusal, which takes no signature. */
  readonly passkey: PasskeyProof | null;
  /** Whose duty they carried with it. */
  readonly forPersons?: readonly string[];
  /** The text that the passkey signed, where it is another than that of the action. */
  readonly signedText?: string;
}

/** The claims of a receipt of an approval, beside those that SD-JWT VC has for every credential. */
export interface ReceiptClaims {
  readonly iss: string;
  readonly vct: string;
  /** Seconds. */
  readonly iat: number;
  /** RFC 9449 §6.1: the key of the agent that was allowed, or not. */
  readonly cnf: { readonly jkt: string };
  readonly status: { readonly status_list: { readonly idx: number; readonly uri: string } };
  readonly approval: {
    readonly id: string;
    readonly kind: string;
    readonly outcome: 'approved' | 'denied';
    readonly quorum: number;
    readonly requestedAt: number;
    readonly decidedAt: number;
    readonly expiresAt: number;
    /** Where the yes is to more than one call: how many, and until when. */
    readonly grant?: { readonly uses: number; readonly expiresAt: number };
    /** The ledger's record of the decision. */
    readonly record: string;
  };
  readonly action: {
    /** SHA-256, base64url, of the text that is signed. */
    readonly digest: string;
    readonly callDigest: string;
    readonly agent: string;
    readonly task: string;
    readonly upstream: string;
    readonly tool: string;
    readonly agents: readonly string[];
    readonly chain: readonly string[];
    readonly policyVersion: string;
  };
  /** May be left out: it holds the arguments. */
  readonly signedAction?: string;
  /** May be left out: free text. */
  readonly reason?: string;
  /** Those that were not left out. */
  readonly votes: readonly ReceiptVote[];
}
