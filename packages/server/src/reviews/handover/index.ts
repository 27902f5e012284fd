export { tendHandovers } from './end-handovers.ts';
export { handoverPages } from './page/routes.ts';
export { handoverRoutes } from './routes.ts';
