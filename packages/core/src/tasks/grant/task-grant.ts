import type { ArgumentRole, ArgumentTrace, Origin } from '../../actions/provenance/index.ts';
import type { ToolDefinition } from '../../upstreams/tool-definition.ts';

/** Who stands behind an entry: the words of the prompt, an approved amendment, or a person who wrote it. */
export const GRANT_SOURCES = ['prompt', 'approval', 'person'] as const;
export type GrantSource = (typeof GRANT_SOURCES)[number];

/**
 * What one argument may hold: one of `values`, or whatever comes from one of `origins`. What comes from one of `refused`
 * the prompt has ruled out: a call with it is outside the grant. Anything else a person may be asked about.
 */
export interface GrantArgument {
  /** A JSON pointer into the arguments; `*` is every item of an array. */
  readonly pointer: string;
  readonly role: ArgumentRole['role'];
  readonly values: readonly string[];
  readonly origins: readonly Origin[];
  readonly refused: readonly Origin[];
  /** Of what is trusted it does not cover what untrusted text names as well. */
  readonly bars?: 'contested';
}

/** One tool that may be called, and with what. An argument that has a role and is not listed is not granted. */
export interface GrantEntry {
  readonly id: string;
  /** `upstream/name` */
  readonly tool: string;
  readonly arguments: readonly GrantArgument[];
  /** The entry covers no call: it only says that a person may be asked about such a call. */
  readonly asks: boolean;
  readonly source: GrantSource;
  /** In a few words, for people: why the entry is there. */
  readonly because: string;
  /** How many calls are left; null: as many as the task makes. */
  readonly uses: number | null;
}

/**
 * How the prompt was read. `plan`: its words say what is to be done. `delegates`: it hands the say to a document or a
 * message, and has an entry that asks for each tool that may be left to such. `unclear`: too little of it was understood to
 * say of any tool that nothing calls for it.
 */
export const PROMPT_READINGS = ['plan', 'delegates', 'unclear'] as const;
export type PromptReading = (typeof PROMPT_READINGS)[number];

export interface TaskGrant {
  readonly entries: readonly GrantEntry[];
  readonly reading: PromptReading;
  /** Epoch milliseconds; null: it ends with its task. */
  readonly expiresAt: number | null;
}

/** A tool as a grant is derived for it. */
export interface GrantTool {
  /** `upstream/name` */
  readonly tool: string;
  readonly definition: ToolDefinition;
  readonly roles: readonly ArgumentRole[];
  /** A person has confirmed that what it does can be taken back. */
  readonly isReversible?: boolean;
}

/** A call as it is held against a grant. */
export interface GrantCall {
  readonly tool: string;
  readonly traces: readonly ArgumentTrace[];
}

export const MOST_GRANT_ENTRIES = 1024;
export const NO_GRANT: TaskGrant = { entries: [], reading: 'unclear', expiresAt: null };
