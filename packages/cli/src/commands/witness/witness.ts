import { existsSync, writeFileSync } from 'node:fs';
import { formatWitnessKey, parseVerifierKey, type VerifierKey } from '@countersign/ledger';
import { CliError } from '../../cli-error.ts';
import { defineCommand } from '../../command.ts';
import { showHonestly } from '../../output/honest-text.ts';
import { collect } from '../../parse-options.ts';
import type { Session } from '../../session.ts';
import { untilAborted } from '../../until-aborted.ts';
import type { SubmissionAnswer } from '../../witness/answer-submission.ts';
import { serveWitness } from '../../witness/serve-witness.ts';
import { readWitnessKey } from '../../witness/witness-key-file.ts';
import { openWitnessState, type WitnessState } from '../../witness/witness-state.ts';

interface ServeOptions {
  readonly key: string;
  readonly log: readonly string[];
  readonly listen: string;
  readonly state: string;
}

export const runWitness = defineCommand<ServeOptions>({
  usage: 'serve',
  isDefault: true,
  summary: 'see every checkpoint of some logs, and cosign those that only grew (C2SP tlog-witness)',
  options: [
    { flags: '--key <file>', summary: 'from `witness keygen`', required: true },
    {
      flags: '--log <vkey>',
      summary: 'verifier key of a log to witness; many times',
      parse: collect,
      required: true,
    },
    { flags: '--listen <host:port>', summary: 'put TLS in front for others', initial: '127.0.0.1:7421' },
    {
      flags: '--state <file>',
      summary: 'what was cosigned; never lose it, never copy it back',
      required: true,
    },
  ],
  examples: ['witness --key witness.key --log countersign.example/log+… --state witness.db'],
  async run(session, { key, log, listen, state: file }) {
    const signer = readWitnessKey(key);
    const logs = readLogs(log);
    const { host, port } = readAddress(listen);
    const state = openState(file);
    const onAnswer = (answer: SubmissionAnswer) => report(session, file, answer);
    const parts = { signer, logs, state, now: session.now, host, port, onAnswer };
    try {
      const server = await serveWitness(parts).catch((cause: unknown) => {
        throw new CliError(`cannot listen on ${listen}`, { cause });
      });
      const vkey = formatWitnessKey(signer.key);
      session.print.line(
        { event: 'listening', url: server.url, vkey },
        `listening on ${server.url}\n${vkey}`,
      );
      await untilAborted(session.signal);
      await server.close();
    } finally {
      state.close();
    }
    return undefined;
  },
});

function readLogs(vkeys: readonly string[]): ReadonlyMap<string, VerifierKey> {
  const logs = new Map<string, VerifierKey>();
  for (const vkey of vkeys) {
    const key = parseVerifierKey(vkey);
    if (key === undefined) throw new CliError(`${vkey} is no verifier key of a log`);
    // The origin of a log is the name of its key.
    if (logs.has(key.name)) throw new CliError(`${key.name} is given twice`);
    logs.set(key.name, key);
  }
  return logs;
}

function readAddress(text: string): { readonly host: string; readonly port: number } {
  const [, bracketed, plain, digits] = /^(?:\[([0-9a-f:]+)\]|([^:[\]]+)):(\d{1,5})$/i.exec(text) ?? [];
  const host = bracketed ?? plain;
  const port = Number(digits);
  if (host === undefined || !(port <= 65_535)) throw new CliError(`${text} is no <host>:<port>`);
  return { host, port };
}

function openState(path: string): WitnessState {
  try {
    return openWitnessState(path);
  } catch (cause) {
    throw new CliError(`${path} cannot be opened as the state of a witness`, { cause });
  }
}

function report(session: Session, file: string, { outcome, origin, size, evidence }: SubmissionAnswer): void {
  const told = { event: outcome, origin, size };
  session.print.line(told, showHonestly([outcome, origin ?? '', size ?? ''].join(' ').trimEnd()));
  if (evidence === undefined) return;
  const kept = `${file}.fork.json`;
  if (!existsSync(kept)) writeFileSync(kept, evidence, { flag: 'wx' });
  session.print.note(`FORK: ${showHonestly(`${origin}`)} signed two histories; the evidence is in ${kept}.`);
}
