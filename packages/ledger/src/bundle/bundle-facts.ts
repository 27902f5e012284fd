import type { LedgerEntry } from '../entry.ts';

/** What of a record the other lines of a bundle are compared with. */
export interface BundleFacts {
  readonly id: string;
  readonly seq: number;
  readonly kind: string;
  /** False when what it says is not in the bundle. */
  readonly isOpen: boolean;
  readonly action?: string;
  readonly approval?: string;
  readonly person?: string;
  readonly policyVersion?: string;
  /** Of its body. */
  readonly actionDigest?: string;
  readonly callDigest?: string;
  readonly credentialId?: string;
  readonly digest?: string;
  readonly toolDigest?: string;
}

const ofRecord = ['action', 'approval', 'person', 'policyVersion'] as const;
const ofBody = ['actionDigest', 'callDigest', 'credentialId', 'digest', 'toolDigest'] as const;
const longestFact = 1024;

/** Reads an opened payload, canonical JSON whose members anybody may have chosen; null when it is not there. */
export function readFacts({ id, seq, kind }: LedgerEntry, payload: string | null): BundleFacts {
  const own = { id, seq, kind, isOpen: payload !== null };
  if (payload === null) return own;
  const said: unknown = JSON.parse(payload);
  const body = readMember(said, 'body');
  return { ...readTexts(said, ofRecord), ...readTexts(body, ofBody), ...own };
}

function readTexts(value: unknown, names: readonly string[]): Readonly<Record<string, string>> {
  const found: Record<string, string> = {};
  for (const name of names) {
    const text = readMember(value, name);
    if (typeof text === 'string' && text.length <= longestFact) found[name] = text;
  }
  return found;
}

function readMember(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined;
  return (value as Readonly<Record<string, unknown>>)[name];
}
