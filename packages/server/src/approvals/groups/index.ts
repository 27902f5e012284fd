export { type Group, loadGroup } from './load-group.ts';
export { nameGroup } from './name-group.ts';
export { mountGroups } from './routes.ts';
