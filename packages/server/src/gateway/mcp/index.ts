export { createSlots } from './call-slots.ts';
export { listHeaderValues } from './header-values.ts';
export { writePending } from './pending-reply.ts';
export { readBody } from './read-body.ts';
export { createMcpDoor } from './serve-mcp.ts';
