export { startEverythingUpstream } from './upstreams/everything/start-everything-upstream.ts';
export * from './upstreams/journal.ts';
export * from './upstreams/start-http-upstream.ts';
