export { createToldCounter, type ToldCounter } from './count-told.ts';
export { forgetTold } from './forget-told.ts';
export { createTelemetryDoor, isForTelemetry } from './serve-telemetry.ts';
