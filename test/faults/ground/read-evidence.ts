import type { IncomingMessage } from 'node:http';
import { get } from 'node:http';
import { type ExportReport, readLines, verifyExport } from '@countersign/ledger';
import type { GatewayDriver } from '@countersign/testkit';
import { readMark } from './marks.ts';

/** What the ledger says about one attempt of one marked call. */
export interface CallEvidence {
  effect?: string;
  /** Epoch milliseconds. */
  decidedAt: number;
  released: boolean;
  /** How it ended, once for each record that says so. */
  readonly ends: string[];
}

/** A whole export, verified, and read as what the promises are about. */
export interface Evidence {
  readonly report: ExportReport;
  /** By mark; one for each time the call was made. */
  readonly calls: Map<string, CallEvidence[]>;
  /** `<kind> <id>` of everything that came to be. */
  readonly facts: Set<string>;
  /** Allowed calls, by task and by delegation. */
  readonly spent: Map<string, number>;
}

/** A signed tree head seen earlier: whatever it covers has to be there for ever. */
export interface KnownCheckpoint {
  readonly checkpoint: string;
  readonly vkey: string;
}

export async function readCheckpoint(gateway: GatewayDriver): Promise<KnownCheckpoint> {
  const reply = await gateway.operator('GET', '/v1/ledger/checkpoint');
  const { note, vkey } = (reply.json ?? {}) as { note?: unknown; vkey?: unknown };
  if (typeof note !== 'string' || typeof vkey !== 'string') throw new Error(`no checkpoint: ${reply.body}`);
  return { checkpoint: note, vkey };
}

export async function readEvidence(gateway: GatewayDriver, known?: KnownCheckpoint): Promise<Evidence> {
  const evidence = { calls: new Map(), facts: new Set<string>(), spent: new Map<string, number>() };
  const reader = new EvidenceReader(evidence);
  const report = await verifyExport(reader.watch(readLines(await openExport(gateway))), known);
  return { ...evidence, report };
}

async function openExport({ url, operatorToken }: GatewayDriver): Promise<IncomingMessage> {
  const headers = { authorization: `Bearer ${await operatorToken()}` };
  return new Promise((resolve, reject) => {
    get(`${url}/v1/ledger/export`, { headers, agent: false }, resolve).on('error', reject);
  });
}

interface Line {
  readonly entry?: {
    readonly id: string;
    readonly kind: string;
    readonly at: number;
    readonly causes: string[];
  };
  readonly payload?: {
    readonly task?: string;
    readonly chain?: readonly string[];
    readonly approval?: string;
    readonly body: { readonly [name: string]: unknown };
  };
}

class EvidenceReader {
  readonly #evidence: Omit<Evidence, 'report'>;
  readonly #byRecord = new Map<string, CallEvidence>();

  constructor(evidence: Omit<Evidence, 'report'>) {
    this.#evidence = evidence;
  }

  async *watch(lines: AsyncIterable<string>): AsyncGenerator<string> {
    for await (const line of lines) {
      this.#read(JSON.parse(line) as Line);
      yield line;
    }
  }

  #read({ entry, payload }: Line): void {
    if (entry === undefined || payload === undefined) return;
    const { facts } = this.#evidence;
    const mark = entry.kind === 'action.intent' ? readMark(payload.body.arguments) : undefined;
    if (mark !== undefined) {
      const call: CallEvidence = { decidedAt: entry.at, released: false, ends: [] };
      this.#byRecord.set(entry.id, call);
      const calls = this.#evidence.calls.get(mark);
      if (calls === undefined) this.#evidence.calls.set(mark, [call]);
      else calls.push(call);
    } else if (entry.kind.startsWith('action.')) this.#readAction(entry, payload);
    else if (entry.kind.startsWith('task.')) facts.add(`${entry.kind} ${payload.task}`);
    else if (entry.kind === 'token.issued') facts.add(`token.issued ${payload.body.token}`);
    else if (entry.kind.startsWith('approval.')) facts.add(`${entry.kind} ${payload.approval}`);
  }

  #readAction(entry: NonNullable<Line['entry']>, payload: NonNullable<Line['payload']>): void {
    const call = entry.causes.map((id) => this.#byRecord.get(id)).find((found) => found !== undefined);
    if (call === undefined) return;
    if (entry.kind === 'action.decision') {
      call.effect = String(payload.body.effect);
      call.decidedAt = entry.at;
      if (call.effect === 'allow') this.#spend([payload.task, ...(payload.chain ?? [])]);
    } else if (entry.kind === 'action.release') call.released = true;
    else call.ends.push(String(payload.body.status));
    this.#byRecord.set(entry.id, call);
  }

  #spend(holders: readonly (string | undefined)[]): void {
    const { spent } = this.#evidence;
    for (const holder of holders) if (holder !== undefined) spent.set(holder, (spent.get(holder) ?? 0) + 1);
  }
}
