export * from './amend-grant.ts';
export * from './derive-grant.ts';
export { fitsArgument } from './fits-argument.ts';
export * from './match-grant.ts';
export * from './narrow-grant.ts';
export * from './propose-amendment.ts';
export * from './task-grant.ts';
