import { startGateway, startPlainUpstream, type TestGateway, type Upstream } from '@countersign/testkit';
import { classifySuite } from './classify-suite.ts';
import type { SuiteTool } from './suites.ts';

/** What the upstream of a suite answers to its next call. */
export interface NextResult {
  text: string;
  failed: boolean;
}

export interface SuiteGround {
  readonly suite: string;
  /** Its MCP endpoint behind the gateway. */
  readonly url: string;
  readonly tools: ReadonlySet<string>;
  readonly next: NextResult;
}

export interface Ground {
  readonly gateway: TestGateway;
  suite(name: string): SuiteGround;
  close(): Promise<void>;
}

/**
 * The real server with the policies it starts with, and an upstream for each suite whose tools a person has classified.
 * What it answers is what the recorded run was answered.
 */
export async function openGround(
  suites: ReadonlyMap<string, readonly SuiteTool[]>,
  environment: { readonly [name: string]: string } = {},
): Promise<Ground> {
  const gateway = await startGateway({ environment });
  const upstreams: Upstream[] = [];
  const grounds = new Map<string, SuiteGround>();
  const close = async () => {
    await gateway.stop();
    for (const upstream of upstreams) await upstream.close();
  };
  try {
    for (const [suite, tools] of suites) {
      const next: NextResult = { text: '', failed: false };
      const upstream = await startPlainUpstream({
        tools,
        call: () => ({ content: [{ type: 'text', text: next.text }], isError: next.failed }),
      });
      upstreams.push(upstream);
      const url = await gateway.addUpstream(suite, { url: upstream.url });
      await classifySuite(gateway, suite, tools);
      grounds.set(suite, { suite, url, tools: new Set(tools.map(({ name }) => name)), next });
    }
  } catch (error) {
    await close();
    throw error;
  }
  return {
    gateway,
    suite(name) {
      const ground = grounds.get(name);
      if (ground === undefined) throw new Error(`the tools of ${name} are not known`);
      return ground;
    },
    close,
  };
}
