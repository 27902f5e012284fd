import { CliError } from '../../cli-error.ts';
import type { Column } from '../../output/printer.ts';

export interface UpstreamFacts {
  readonly name: string;
  readonly kind: string;
  readonly environment: string;
  readonly settings: Readonly<Record<string, unknown>>;
  readonly createdAt: number;
}

export interface ToolFacts {
  readonly upstream: string;
  readonly name: string;
  readonly description: string | null;
  readonly state: string;
  readonly digest: string;
  readonly offeredDigest: string | null;
  readonly effects: readonly string[];
  readonly dataDomain: string;
  readonly reversibility: string;
  readonly proposal: {
    readonly effects: readonly string[];
    readonly reversibility: string;
    readonly dataDomain: string | null;
    readonly because: readonly string[];
  };
  readonly confirmed: boolean;
  readonly amountPointer: string | null;
  readonly amountCurrency: string | null;
}

/** Tools that an upstream offers in a form that could not even be held. */
export type RefusedTools = readonly { readonly name: string; readonly reason: string }[];

export const upstreamFields: readonly Column<UpstreamFacts>[] = [
  ['NAME', ({ name }) => name],
  ['KIND', ({ kind }) => kind],
  ['ENVIRONMENT', ({ environment }) => environment],
  [
    'WHERE',
    ({ settings }) => settings.url ?? [settings.command, ...((settings.args as string[]) ?? [])].join(' '),
  ],
];

export const toolFields: readonly Column<ToolFacts>[] = [
  ['TOOL', ({ upstream, name }) => `${upstream}/${name}`],
  ['STATE', ({ state }) => state],
  ['EFFECTS', ({ effects, confirmed }) => `${effects.join(',')}${confirmed ? '' : ' (unconfirmed)'}`],
  ['TAKEN BACK', ({ reversibility }) => reversibility],
  ['DATA', ({ dataDomain }) => dataDomain],
  ['PROPOSED', describeProposal],
  ['DIGEST', ({ digest, offeredDigest }) => (offeredDigest ?? digest).slice(0, 12)],
];

/** Nothing for what a person has confirmed. */
function describeProposal({
  confirmed,
  proposal: { effects, reversibility, dataDomain },
}: ToolFacts): string {
  return confirmed ? '' : `${effects.join(',')} · ${reversibility} · ${dataDomain ?? 'no domain'}`;
}

/** The path of a tool that a person names as `<upstream>/<tool>`. */
export function readToolPath(named: string): string {
  const slash = named.indexOf('/');
  if (slash < 1 || slash === named.length - 1) throw new CliError(`${named} is not <upstream>/<tool>`);
  const [upstream, tool] = [named.slice(0, slash), named.slice(slash + 1)];
  return `/v1/upstreams/${encodeURIComponent(upstream)}/tools/${encodeURIComponent(tool)}`;
}
