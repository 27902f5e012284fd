export { followMapping } from './groups/give-anew.ts';
export { regroupPeople } from './groups/work-out-groups.ts';
export { scimRoutes } from './routes.ts';
