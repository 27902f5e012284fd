import { describe } from 'vitest';
import { testSignalBus } from '../signal-bus.contract.ts';
import { createInProcessHub } from './create-in-process-hub.ts';

describe('the bus of one process', () => {
  testSignalBus(async () => ({ ...createInProcessHub(), close: async () => {} }));
});
