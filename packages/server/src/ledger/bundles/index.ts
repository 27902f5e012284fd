export type { PaperSources } from './gather-papers.ts';
export { makeBundle } from './make-bundle.ts';
export { bundleRoutes } from './routes.ts';
