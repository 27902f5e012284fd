export { type Ghost, ghostAnswer } from './ghost.ts';
export { inspectAgents } from './inspected-agents.ts';
export { judgeAgent } from './judge-agent.ts';
export { listGhosts } from './list-ghosts.ts';
export { ghostRoutes } from './routes.ts';
