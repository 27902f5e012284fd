import type { ClaimId } from './claims/claim.ts';

/** Names of the drills that are shipped, so that no control can name another. */
export type BuiltInDrill =
  | 'ghost-owner'
  | 'injection'
  | 'kill-switch'
  | 'poisoned-tool'
  | 'retry-storm'
  | 'rogue-sub-agent'
  | 'runaway-loop'
  | 'stolen-token'
  | 'tool-misuse'
  | 'unattended-approval';

interface NamedControl {
  /** As the framework spells it. */
  readonly id: string;
  readonly title: string;
}

export interface MappedControl extends NamedControl {
  readonly claims: readonly ClaimId[];
  /** What tries it. Drills of one's own join in by `covers`. */
  readonly drills?: readonly BuiltInDrill[];
}

export interface ForeignControl extends NamedControl {
  /** Why nothing here can be evidence for it. */
  readonly outOfScope: string;
}

export type Control = MappedControl | ForeignControl;

/** A list that others publish, in one version. A new version is a new file beside it. */
export interface Framework {
  readonly id: string;
  readonly title: string;
  readonly version: string;
  /** Of publication, as far as it is known. */
  readonly date: string;
  readonly source: string;
  /** `summary`: the framework gives its items no titles; ours say shortly what they are about. */
  readonly wording: 'verbatim' | 'summary';
  readonly controls: readonly Control[];
}

/** The title with its edition, which some titles have in them already. */
export function nameEdition({ title, version }: Pick<Framework, 'title' | 'version'>): string {
  return title.includes(version) ? title : `${title} ${version}`;
}
