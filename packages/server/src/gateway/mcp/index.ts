export { createMcpDoor } from './serve-mcp.ts';
