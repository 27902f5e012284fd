export { type Ghost, ghostAnswer } from './ghost.ts';
export { inspectAgents } from './inspected-agents.ts';
export { judgeAgent } from './judge-agent.ts';
export { findGhostsOf, listGhosts } from './list-ghosts.ts';
export { ghostRoutes } from './routes.ts';
