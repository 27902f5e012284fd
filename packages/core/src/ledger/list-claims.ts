import type { CausalLink, CausalRecord } from './causal-graph.ts';

/** A record that another names as what it follows from. */
export interface Claim {
  readonly id: string;
  readonly link: CausalLink;
  readonly detail?: string;
}

const MOST_CLAIMS = 128;
const MOST_DETAIL = 200;

/**
 * What a record names as its causes, each once, with the closest tie. What it says in its body was written by the server,
 * and is read as if anybody had.
 */
export function listClaims({ causes, kind, body }: CausalRecord): readonly Claim[] {
  const claims = new Map<string, Claim>();
  const add = (claim: Claim) => {
    if (claims.size < MOST_CLAIMS || claims.has(claim.id)) claims.set(claim.id, claim);
  };
  for (const id of causes) add({ id, link: 'cause' });
  if (kind === 'action.outcome') {
    const minted = readMinted(body);
    if (minted !== undefined) add({ id: minted, link: 'cause', detail: 'the credential it went out with' });
    return [...claims.values()];
  }
  for (const [id, { trust, ats }] of readSources(body))
    add({ id, link: trust === 'prompt' ? 'prompt' : 'value', detail: describeValues(ats, trust) });
  for (const id of readMessages(body))
    if (!claims.has(id)) add({ id, link: 'prompt', detail: 'told to a model' });
  return [...claims.values()];
}

function readSources(body: CausalRecord['body']): Map<string, { trust: string; ats: string[] }> {
  const found = new Map<string, { trust: string; ats: string[] }>();
  for (const source of listObjects(body?.sources)) {
    const { at, record, trust } = source;
    if (typeof at !== 'string' || typeof record !== 'string' || typeof trust !== 'string') continue;
    const known = found.get(record);
    if (known === undefined) found.set(record, { trust, ats: [at] });
    else known.ats.push(at);
  }
  return found;
}

function describeValues(ats: readonly string[], trust: string): string {
  const named = [...new Set(ats)].join(', ') || '/';
  return `${named} (${trust})`.slice(0, MOST_DETAIL).toWellFormed();
}

/** One credential serves many calls, so that it is named in what they say, and not as a cause of each. */
function readMinted(body: CausalRecord['body']): string | undefined {
  const { credential } = body ?? {};
  if (typeof credential !== 'object' || credential === null) return undefined;
  const { minted } = credential as { minted?: unknown };
  return typeof minted === 'string' ? minted : undefined;
}

/** The messages of a model's prompt that an earlier record has the text of. */
function readMessages(body: CausalRecord['body']): readonly string[] {
  const { model } = body ?? {};
  if (typeof model !== 'object' || model === null) return [];
  const { messages } = model as { messages?: unknown };
  return listObjects(messages).flatMap(({ in: record }) => (typeof record === 'string' ? [record] : []));
}

function listObjects(value: unknown): readonly Readonly<Record<string, unknown>>[] {
  if (!Array.isArray(value)) return [];
  return value.slice(0, MOST_CLAIMS).filter((item) => typeof item === 'object' && item !== null);
}
