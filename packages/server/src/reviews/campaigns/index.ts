export { reviewPages } from './page/routes.ts';
export { reviewRoutes } from './routes.ts';
export { tendReviews } from './tend-reviews.ts';
