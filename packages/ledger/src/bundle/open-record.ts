import type { BundleRecord } from './bundle-format.ts';

/** A record of a bundle as it is read: of what it says, only members of the shape that records have. */
export interface OpenedRecord {
  readonly id: string;
  readonly seq: number;
  readonly kind: string;
  /** Epoch milliseconds. */
  readonly at: number;
  readonly causes: readonly string[];
  /** True when what it says is not in the bundle, for whatever reason. */
  readonly erased: boolean;
  readonly action?: string;
  readonly agent?: string;
  readonly task?: string;
  readonly person?: string;
  readonly approval?: string;
  readonly policyVersion?: string;
  readonly upstream?: string;
  readonly tool?: string;
  readonly toolCall?: string;
  readonly trace?: string;
  readonly drill?: string;
  readonly agents?: readonly string[];
  readonly chain?: readonly string[];
  readonly body?: Readonly<Record<string, unknown>>;
}

const texts = [
  ...(['action', 'agent', 'task', 'person', 'approval', 'policyVersion'] as const),
  ...(['upstream', 'tool', 'toolCall', 'trace', 'drill'] as const),
];
const lists = ['agents', 'chain'] as const;

/** Reads what a record says, which may be anything. */
export function openBundleRecord({ entry, opening }: BundleRecord): OpenedRecord {
  const { id, seq, kind, at, causes } = entry;
  const own = { id, seq, kind, at, causes };
  if (typeof opening === 'string') return { ...own, erased: true };
  const said = new Map<string, unknown>(Object.entries(JSON.parse(opening.payload) as object));
  const found: [string, unknown][] = [];
  for (const name of texts) if (typeof said.get(name) === 'string') found.push([name, said.get(name)]);
  for (const name of lists) if (isTexts(said.get(name))) found.push([name, said.get(name)]);
  const body = said.get('body');
  if (typeof body === 'object' && body !== null && !Array.isArray(body)) found.push(['body', body]);
  return { ...Object.fromEntries(found), ...own, erased: false };
}

function isTexts(value: unknown): boolean {
  return Array.isArray(value) && value.every((item) => typeof item === 'string');
}
