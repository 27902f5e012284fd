export * from './causal-graph.ts';
export { type DescribedRecord, describeLink, describeRecord } from './describe-record.ts';
export { type HeldRecords, holdRecords } from './hold-records.ts';
export { linkTold } from './link-told.ts';
export { listClaims } from './list-claims.ts';
export * from './query/index.ts';
export { WALK_BOUNDS, type WalkBounds, walkBack, walkOn } from './walk-causes.ts';
