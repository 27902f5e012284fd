import type { Generated } from 'kysely';
import type { Fixed, Json } from './column.ts';

/** The evidence. */
export interface LedgerTables {
  ledger_entries: {
    seq: Fixed<number>;
    id: Fixed<string>;
    kind: Fixed<string>;
    at: Fixed<number>;
    /** Canonical entry: the Merkle leaf's bytes. */
    entry: Fixed<string>;
  };
  /** Each payload under a key of its own, which is not in the database. */
  ledger_payloads: { seq: Fixed<number>; sealed: Fixed<Uint8Array> };
  /** Payloads of before they were sealed; the start seals them and nothing is left here. */
  ledger_plain_payloads: { seq: Fixed<number>; salt: Fixed<Uint8Array>; payload: Fixed<string> };
  /** Complete subtree roots, for proofs. */
  ledger_nodes: { level: Fixed<number>; position: Fixed<number>; hash: Fixed<Uint8Array> };
  /** Search: one row for each id a record names, but for records of the path. */
  ledger_terms: { term: Fixed<string>; seq: Fixed<number> };
  /** Search: where a term occurs among many records of the path. */
  ledger_term_pages: {
    term: Fixed<string>;
    first_seq: Fixed<number>;
    last_seq: Fixed<number>;
    seqs: Fixed<Uint8Array>;
  };
  /**
   * Search: where a value occurs among the arguments of a block of records, hidden with a key that is not in the
   * database. A page's `seqs` count from the block's first.
   */
  ledger_value_pages: {
    block: Fixed<number>;
    term: Fixed<number>;
    first_seq: Fixed<number>;
    seqs: Uint8Array;
  };
  /** Searches that a person has given a name. */
  ledger_queries: {
    owner: Fixed<string>;
    name: Fixed<string>;
    query: string;
    shared: number;
    changed_at: number;
  };
  /** Streams that a gateway has written. */
  ledger_streams: {
    number: Fixed<number>;
    /** Grows with every gateway, and every session of one, that takes the stream. */
    epoch: number;
    /** Stands for the process that may write it. */
    holder: string;
    /** What that process said of itself; its own clock. */
    public_url: Generated<string | null>;
    release: Generated<string | null>;
    started_at: Generated<number | null>;
    /** The number of the last erasure whose keys that process has forgotten. */
    erasures: Generated<number>;
  };
  /** What one gateway does at a time, and which: as long as `ledger_streams` has its holder. */
  gateway_turns: { name: Fixed<string>; stream: number; holder: string };
  /** Processes whose last actions are not settled yet: those that work, and those that are gone. */
  ledger_seats: {
    /** As in `ledger_streams`; empty for what was before there were seats. */
    holder: Fixed<string>;
    stream: Fixed<number>;
    /** Grows with every process that has the stream. */
    turn: Fixed<number>;
    /** The `seq` of the first record that may be its own. */
    since: Fixed<number>;
  };
  /** The row of a stream, `pages` of the first: its records from `indexed` on are not in the pages yet. */
  ledger_index: { name: Fixed<string>; indexed: number };
  ledger_checkpoints: {
    /** Where what it covers ends: the place of its stream and its size. */
    size: Fixed<number>;
    root: Fixed<Uint8Array>;
    note: Fixed<string>;
    at: Fixed<number>;
    /** When it was first put before the witnesses; null while it was not. */
    offered_at: Generated<number | null>;
    /** How many of them have cosigned it. */
    cosigned: Generated<number>;
  };
  /** What witnesses added to checkpoints: a line of the note each. */
  ledger_cosignatures: {
    /** As the checkpoint's. */
    size: Fixed<number>;
    /** The witness's verifier key. */
    vkey: Fixed<string>;
    line: Fixed<string>;
    /** Epoch seconds, as the witness says. */
    at: Fixed<number>;
    /** The stream of the gateway that cosigned; null for a witness. */
    signer: Generated<number | null>;
  };
  /** How each witness fares with each stream. */
  ledger_witnesses: {
    stream: Fixed<number>;
    vkey: Fixed<string>;
    /** Of the checkpoint it cosigned last, and when it says that it did (epoch seconds). */
    size: number;
    cosigned_at: number | null;
    state: 'cosigning' | 'unreachable' | 'refused';
    reason: string | null;
    /** Since when it is so, epoch milliseconds. */
    changed_at: number;
  };
  /** Erasures and retirements, each of which is finished once it is begun. `work` names what is erased by ids alone. */
  ledger_erasures: {
    number: Fixed<number>;
    kind: Fixed<'erasure' | 'retirement'>;
    state: 'begun' | 'punctured' | 'done';
    work: string;
    record: Fixed<string>;
    at: Fixed<number>;
  };
  /** Erasures that wait for two people to sign them, and what became of them. */
  ledger_erasure_requests: {
    id: Fixed<string>;
    selection: Fixed<string>;
    /** Of exactly the records that were shown. */
    plan_digest: Fixed<string>;
    reason: Fixed<string>;
    /** The exact text whose SHA-256 is `digest`: what both passkeys sign. */
    signed_text: Fixed<Json>;
    digest: Fixed<string>;
    asked_by: Fixed<string>;
    asked_record: Fixed<string>;
    asked_at: Fixed<number>;
    expires_at: Fixed<number>;
    /** The assertion of whoever asked; null until they have signed. */
    evidence: Json | null;
    ended_at: number | null;
    outcome: 'erased' | 'cancelled' | null;
  };
  /** Copies of what was retired that somebody was still held to, or that were on hold: taken later. */
  ledger_waiting_copies: {
    part: Fixed<'approvals' | 'contents' | 'tasks' | 'prompts'>;
    id: Fixed<string>;
    tried_at: number;
  };
  /** What may not be erased, for the law. */
  ledger_holds: {
    id: Fixed<string>;
    selection: Fixed<string>;
    reason: Fixed<string>;
    by: Fixed<string>;
    at: Fixed<number>;
    ended_at: number | null;
    ended_by: string | null;
  };
  /** Copies of the evidence keys that were given out: each can open what was erased since. */
  ledger_key_copies: {
    number: Fixed<number>;
    /** The number of the last erasure that it knows. */
    erasures: Fixed<number>;
    by: Fixed<string>;
    at: Fixed<number>;
    destroyed_at: number | null;
  };
  /** How far each sink of evidence has come. */
  ledger_sinks: {
    /** As the configuration names it. */
    name: Fixed<string>;
    /** Everything before is there, was not asked for, or stands in `ledger_sink_refusals`. */
    next_seq: number;
    /** In vain, since something was delivered. */
    attempts: number;
    /** Of them, those in which the one record at `next_seq` was refused. */
    refusals: number;
    /** Records set aside since something was delivered. */
    refused_in_a_row: number;
    next_at: number;
    failing_since: number | null;
    /** In our own words. */
    last_error: string | null;
    delivered: number;
    delivered_at: number | null;
  };
  /** What a sink does not take: set aside, so that the rest goes on. */
  ledger_sink_refusals: {
    sink: Fixed<string>;
    seq: Fixed<number>;
    record_id: Fixed<string>;
    why: string;
    at: number;
    /** It is to be sent once more. */
    resend: number;
  };
}
