import type { CommandDefinition } from '../../command.ts';
import { addReceiver } from './add-receiver.ts';
import { clearRisk } from './clear-risk.ts';
import { listGateways } from './gateways.ts';
import { liftStop } from './lift.ts';
import { listStops } from './list.ts';
import { listReceivers } from './receivers.ts';
import { removeReceiver } from './remove-receiver.ts';
import { listRisks } from './risks.ts';
import { rotateEventKey } from './rotate-event-key.ts';
import { setRisk } from './set-risk.ts';
import { stopScope } from './stop.ts';
import { listStreams, resumeStream } from './streams.ts';
import { listTransmitters } from './transmitters.ts';

export const commands: readonly CommandDefinition[] = [
  stopScope,
  listStops,
  liftStop,
  setRisk,
  listRisks,
  clearRisk,
  listReceivers,
  addReceiver,
  removeReceiver,
  listStreams,
  resumeStream,
  rotateEventKey,
  listTransmitters,
  listGateways,
];
