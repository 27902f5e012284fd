export { reviewPages, reviewRoutes, tendReviews } from './campaigns/index.ts';
export { ghostRoutes, listGhosts } from './ghosts/index.ts';
export { handoverPages, handoverRoutes, tendHandovers } from './handover/index.ts';
export { countUse } from './use/index.ts';
