export type { OtherRefreshers } from './bus/refresh/refreshers.ts';
export { type RunningLink, startSignalLink } from './bus/start-signal-link.ts';
export { createStops } from './create-stops.ts';
export { describeCut } from './describe-cut.ts';
export { createEventKeys, type EventKeys } from './events/event-keys.ts';
export { announceGateway } from './gateways/announce-gateway.ts';
export { liftStop } from './lift-stop.ts';
export { listStops } from './list-stops.ts';
export { loadStops } from './load-stops.ts';
export { createModelUses, type ModelUses } from './models/create-model-uses.ts';
export { agentModelRoutes } from './models/routes.ts';
export { requireUnstopped } from './require-unstopped.ts';
export { expireRisks } from './risk/expire-risks.ts';

export { createRiskState, loadRiskState, type RiskState } from './risk/risk-state.ts';
export { signalRoutes } from './routes.ts';
export {
  noteSecurityEvent,
  type SecurityEvent,
  type SecurityEventKind,
  securityEventKinds,
} from './security-event.ts';
export { type StoppedScope, stopScope } from './stop-scope.ts';
export type { StopView } from './stop-view.ts';
export {
  type ActionScopes,
  type Admission,
  everything,
  type Hold,
  type StandsOn,
  type StopScope,
  type Stops,
} from './stops.ts';
export { distributeEvents, forgetEvents } from './streams/distribute-events.ts';
export { createStreamRoutes } from './streams/protocol/routes.ts';
export { pushEvents } from './streams/push-events.ts';
export { applyDueEvents, forgetReceived } from './transmitters/apply-event.ts';
export { createTransmitterPollers } from './transmitters/poll-transmitters.ts';
export { createReceiveRoutes } from './transmitters/routes.ts';
export { createTransmitters, type Transmitters } from './transmitters/transmitter.ts';
