export { listSecrets } from './list-secrets.ts';
export { removeSecret } from './remove-secret.ts';
export { secretRoutes } from './routes.ts';
export { storeSecret } from './store-secret.ts';
