import { startGateway, startPlainUpstream, type TestGateway } from '@countersign/testkit';
import { classifySuite } from './classify-suite.ts';
import type { SuiteTool } from './suites.ts';

/** What the upstream of a suite answers to its next call. */
export interface NextResult {
  text: string;
  failed: boolean;
}

export interface SuiteGround {
  readonly gateway: TestGateway;
  readonly suite: string;
  /** Its MCP endpoint behind the gateway. */
  readonly url: string;
  readonly tools: ReadonlySet<string>;
  readonly next: NextResult;
}

export interface Ground {
  /** Opened when it is first asked for. */
  suite(name: string): Promise<SuiteGround>;
  close(): Promise<void>;
}

/**
 * For each suite the real server with the policies it starts with, and behind it an upstream whose tools a person has
 * classified; what it answers is what the recorded run was answered. One server for all would hold the tools of one
 * suite for resembling those of another.
 */
export function openGround(suites: ReadonlyMap<string, readonly SuiteTool[]>): Ground {
  const opened = new Map<string, Promise<SuiteGround>>();
  const ends: (() => Promise<void>)[] = [];
  return {
    suite(name) {
      const ground = opened.get(name) ?? openSuite(name, suites.get(name), ends);
      opened.set(name, ground);
      return ground;
    },
    async close() {
      for (const end of ends.reverse()) await end();
    },
  };
}

async function openSuite(
  suite: string,
  tools: readonly SuiteTool[] | undefined,
  ends: (() => Promise<void>)[],
): Promise<SuiteGround> {
  if (tools === undefined) throw new Error(`the tools of ${suite} are not known`);
  const next: NextResult = { text: '', failed: false };
  const upstream = await startPlainUpstream({
    tools,
    call: () => ({ content: [{ type: 'text', text: next.text }], isError: next.failed }),
  });
  ends.push(() => upstream.close());
  const gateway = await startGateway();
  ends.push(() => gateway.stop());
  const url = await gateway.addUpstream(suite, { url: upstream.url });
  await classifySuite(gateway, suite, tools);
  return { gateway, suite, url, tools: new Set(tools.map(({ name }) => name)), next };
}
