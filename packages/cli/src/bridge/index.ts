export { BridgeTask } from './bridge-task.ts';
export { GatewayLink } from './gateway-link.ts';
export { serveBridge } from './serve-bridge.ts';
