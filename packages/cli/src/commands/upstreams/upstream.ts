import type { Audience, FieldLabels } from '@countersign/core';
import { CliError } from '../../cli-error.ts';
import { showHonestly } from '../../output/honest-text.ts';
import { type Column, ShownText } from '../../output/printer.ts';

export interface UpstreamFacts {
  readonly name: string;
  readonly kind: string;
  readonly environment: string;
  readonly settings: Readonly<Record<string, unknown>>;
  readonly createdAt: number;
}

export interface ArgumentRoleFacts {
  readonly pointer: string;
  readonly role: string;
}

export interface ResultLabelFacts {
  readonly trust: string;
  readonly sensitivity: string;
  readonly audience: Audience;
  readonly fields: readonly FieldLabels[];
  readonly serialised?: boolean;
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
    readonly argumentRoles: readonly ArgumentRoleFacts[];
    readonly resultLabels: ResultLabelFacts;
  };
  readonly confirmed: boolean;
  readonly amountPointer: string | null;
  readonly amountCurrency: string | null;
  readonly argumentRoles: readonly ArgumentRoleFacts[];
  readonly resultLabels: ResultLabelFacts;
  readonly sentence: string | null;
  /** What the scan found in the definition a person has to judge next, or else in the one in force. */
  readonly findings: readonly ToolFindingFacts[];
  readonly findingsDigest: string | null;
  readonly findingsSeen: boolean;
}

export interface ToolFindingFacts {
  readonly kind: string;
  readonly grade: string;
  readonly path: string;
  readonly because: string;
  readonly other?: string;
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
  ['FOUND', ({ findings, findingsSeen }) => describeFound(findings, findingsSeen)],
  ['DIGEST', ({ digest, offeredDigest }) => (offeredDigest ?? digest).slice(0, 12)],
];

/** What arguments mean and what of results is believed: what holds, and what is proposed where that differs. */
export const labelFields: readonly Column<ToolFacts>[] = [
  ['ARGUMENTS', ({ argumentRoles }) => describeRoles(argumentRoles)],
  ['RESULTS', ({ resultLabels }) => describeLabels(resultLabels)],
  ['SENTENCE', ({ sentence }) => sentence ?? ''],
  [
    'PROPOSED ARGUMENTS',
    ({ argumentRoles, proposal }) => differing(describeRoles, argumentRoles, proposal.argumentRoles),
  ],
  [
    'PROPOSED RESULTS',
    ({ resultLabels, proposal }) => differing(describeLabels, resultLabels, proposal.resultLabels),
  ],
];

function differing<T>(describe: (value: T) => string, held: T, proposed: T): string {
  return describe(held) === describe(proposed) ? '' : describe(proposed);
}

function describeRoles(roles: readonly ArgumentRoleFacts[]): string {
  return roles.map(({ pointer, role }) => `${pointer}=${role}`).join(' ');
}

function describeLabels({ trust, sensitivity, audience, fields, serialised }: ResultLabelFacts): string {
  const said = fields.map((field) => {
    const labels = [field.trust, field.sensitivity, field.audience && describeAudience(field.audience)];
    return `${field.path}=${labels.filter((one) => one !== undefined).join('+')}`;
  });
  const whole = [trust, sensitivity, `for ${describeAudience(audience)}`];
  return [whole.join(' '), ...(serialised === true ? ['serialised'] : []), ...said].join(' · ');
}

function describeAudience(audience: Audience): string {
  if (audience === 'anyone') return audience;
  return audience.length === 0 ? 'nobody' : audience.join(',');
}

/** Nothing for what a person has confirmed. */
function describeProposal({
  confirmed,
  proposal: { effects, reversibility, dataDomain },
}: ToolFacts): string {
  return confirmed ? '' : `${effects.join(',')} · ${reversibility} · ${dataDomain ?? 'no domain'}`;
}

/** The kinds alone; `diff` tells the rest. */
function describeFound(findings: readonly ToolFindingFacts[], isSeen: boolean): string {
  const kinds = [...new Set(findings.map(({ kind }) => kind))].join(',');
  return isSeen ? `${kinds} (seen)` : kinds;
}

/** Every finding on a line of its own. What they quote is the upstream's. */
export function showFindings(findings: readonly ToolFindingFacts[]): ShownText {
  const lines = findings.map(({ kind, grade, path, because, other }) =>
    showHonestly(
      `${grade} ${kind}${path === '' ? '' : ` ${path}`}: ${because}${other === undefined ? '' : ` (${other})`}`,
    ),
  );
  return new ShownText(lines.join('\n'));
}

/** The path of a tool that a person names as `<upstream>/<tool>`. */
export function readToolPath(named: string): string {
  const slash = named.indexOf('/');
  if (slash < 1 || slash === named.length - 1) throw new CliError(`${named} is not <upstream>/<tool>`);
  const [upstream, tool] = [named.slice(0, slash), named.slice(slash + 1)];
  return `/v1/upstreams/${encodeURIComponent(upstream)}/tools/${encodeURIComponent(tool)}`;
}
