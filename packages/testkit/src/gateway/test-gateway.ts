import type { Limits } from '@countersign/core';
import type { RawAgent } from '../agent/create-raw-agent.ts';
import type { HttpReply } from '../agent/send-http.ts';
import type { AgentKey } from '../keys/make-agent-key.ts';
import type { CeremonyForgery, Passkey } from '../passkey/create-passkey.ts';
import type { StdioProgram } from '../upstreams/stdio-programs.ts';

/** A running server, driven only through its public interfaces. */
export interface GatewayDriver {
  /** The public URL, which is also the issuer. */
  readonly url: string;
  readonly folder: string;
  /** A request to the control plane with the operator token. */
  operator(method: string, path: string, body?: object): Promise<HttpReply>;
  /** As the file in the data folder has it now. */
  operatorToken(): Promise<string>;
  storeSecret(name: string, value: string): Promise<void>;
  /** Adds an upstream, pins its tools and returns its MCP endpoint here. */
  addUpstream(name: string, at: UpstreamLocation): Promise<string>;
  /** The raw reply: a bundle may be refused. */
  activatePolicy(cedar: string): Promise<HttpReply>;
  /** Registers an agent, delegates to it, opens a task and gets a token for every upstream there is. */
  enrol(options?: EnrolOptions): Promise<EnrolledAgent>;
  /** The first person, an administrator with a passkey. */
  readonly administrator: TestPerson;
  invite(name: string, roles: readonly string[]): Promise<TestPerson>;
  records(filter?: { readonly [name: string]: string }): Promise<readonly TestRecord[]>;
  /** The lines of a whole export. */
  exportLedger(): Promise<readonly string[]>;
}

/** The real server in this process, with a data folder of its own. */
export interface TestGateway extends GatewayDriver {
  /** Moves the server's clock, and that of the agents enrolled here. */
  advance(milliseconds: number): void;
  stop(): Promise<void>;
  /** Stops and starts again on the same data folder and port. */
  restart(): Promise<void>;
}

export type UpstreamLocation = (
  | { readonly url: string; readonly headers?: { readonly [name: string]: string } }
  | {
      readonly api: { readonly url: string; readonly documentUrl: string };
      readonly headers?: { readonly [name: string]: string };
    }
  | {
      readonly model: {
        readonly url: string;
        readonly provider: 'openai' | 'anthropic';
        readonly passHeaders?: readonly string[];
        readonly hostedTools?: readonly string[];
      };
      readonly headers?: { readonly [name: string]: string };
    }
  | {
      /** A peer agent, with settings of its own. */
      readonly peer: { readonly url: string; readonly [name: string]: unknown };
      readonly headers?: { readonly [name: string]: string };
    }
  | { readonly program: StdioProgram; readonly environment?: { readonly [name: string]: string } }
) & {
  readonly timeoutSeconds?: number;
  readonly maxResultBytes?: number;
  /** As the settings have it. */
  readonly credential?: object;
  readonly authzenMapping?: 'on' | 'off';
  /** As the settings have it. */
  readonly remember?: object;
};

export interface EnrolOptions {
  readonly name?: string;
  readonly key?: AgentKey;
  readonly owner?: TestPerson;
  readonly limits?: Partial<Limits>;
  readonly isDefault?: boolean;
  /** What the agent says it was asked when it opens the task. */
  readonly prompt?: string;
}

export interface EnrolledAgent {
  readonly agent: RawAgent;
  readonly delegation: string;
  readonly task: string;
  /** For the task, good at every upstream. */
  readonly token: string;
  /** Another token for the same task. */
  renew(): Promise<string>;
}

export interface TestPerson {
  readonly id: string;
  readonly passkey: Passkey;
  /** A request in this person's console session, as their browser sends it. */
  request(
    method: string,
    path: string,
    body?: object,
    headers?: { [name: string]: string },
  ): Promise<HttpReply>;
  /** `given`: what goes with the signature, such as less than was asked for. */
  decide(
    approval: string,
    decision: 'approve' | 'deny',
    forge?: CeremonyForgery,
    given?: object,
  ): Promise<HttpReply>;
}

export interface TestRecord {
  readonly id: string;
  readonly kind: string;
  readonly causes: readonly string[];
  readonly [name: string]: unknown;
}
