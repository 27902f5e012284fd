export { endAsks } from './end-asks.ts';
export { notifyAgents } from './notify-agents.ts';
export { createBackchannelRoutes, createNotificationEndpointRoutes } from './routes.ts';
