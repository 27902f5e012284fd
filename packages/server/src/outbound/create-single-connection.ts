import { Agent } from 'undici';
import { type ConnectorOptions, createGuardedConnector } from './guarded-connector.ts';

/** For one exchange with an address that a stranger or an operator named; destroyed with it. */
export function createSingleConnection(options: ConnectorOptions): Agent {
  return new Agent({
    connections: 1,
    pipelining: 0,
    maxHeaderSize: 16_384,
    connect: createGuardedConnector(options),
  });
}
