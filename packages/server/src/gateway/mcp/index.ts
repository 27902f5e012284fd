export { listHeaderValues } from './header-values.ts';
export { readBody } from './read-body.ts';
export { createMcpDoor } from './serve-mcp.ts';
