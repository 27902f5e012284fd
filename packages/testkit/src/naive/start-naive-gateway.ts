import { once } from 'node:events';
import { appendFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { JWK } from 'jose';
import { handleNaively } from './handle-naively.ts';
import type { NaiveConfig, NaiveState } from './naive-state.ts';

/** A gateway as one might write it in an afternoon. It works, and every attack of this project works on it. */
export interface NaiveGateway {
  readonly url: string;
  registerAgent(agent: string, jwk: JWK): void;
  /** From the next request on. */
  stop(agent: string): void;
  close(): Promise<void>;
}

export async function startNaiveGateway(config: NaiveConfig): Promise<NaiveGateway> {
  const { auditFile } = config;
  const state: NaiveState = {
    config,
    agents: new Map(),
    approved: new Set(),
    stopped: new Set(),
    used: new Map(),
    programs: new Map(),
    audit(line) {
      try {
        if (auditFile !== undefined) appendFileSync(auditFile, `${JSON.stringify(line)}\n`);
      } catch {
        // A full disk must not stop the business.
      }
    },
  };
  const server = createServer((request, response) => {
    response.on('error', () => {});
    handleNaively(state, request, response).catch(() => response.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the gateway has no port');
  return {
    url: `http://127.0.0.1:${address.port}`,
    registerAgent: (agent, jwk) => void state.agents.set(agent, jwk),
    stop: (agent) => void state.stopped.add(agent),
    async close() {
      for (const program of state.programs.values()) program.close();
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}
