import type { JWK } from 'jose';
import type { StdioProgram } from '../upstreams/stdio-programs.ts';
import type { NaiveProgram } from './call-program-naively.ts';

/** How the naive gateway is set up; every member looks reasonable on its own. */
export interface NaiveConfig {
  readonly upstreams: { readonly [name: string]: NaiveUpstream };
  /** Allowed tool names by agent: `upstream/tool`. */
  readonly allow: { readonly [agent: string]: readonly string[] };
  /** Tools that somebody has to approve first: `upstream/tool`. */
  readonly ask?: readonly string[];
  /** How many calls each agent may make. */
  readonly calls?: number;
  /** Lines of JSON about each finished call. */
  readonly auditFile?: string;
}

export type NaiveUpstream = NaiveHttpUpstream | { readonly program: StdioProgram };

export interface NaiveHttpUpstream {
  readonly url: string;
  readonly secret?: { readonly header: string; readonly value: string };
}

export interface NaiveState {
  readonly config: NaiveConfig;
  readonly agents: Map<string, JWK>;
  /** Approved tools, `agent upstream/tool`. */
  readonly approved: Set<string>;
  readonly stopped: Set<string>;
  readonly used: Map<string, number>;
  readonly programs: Map<string, NaiveProgram>;
  readonly audit: (line: object) => void;
}
