export * from './errors.ts';
export type * from './policy-json.ts';
export type * from './request.ts';
export * from './value.ts';
