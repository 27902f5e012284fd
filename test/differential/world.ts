import fc, { type Arbitrary } from 'fast-check';
import type { JsonRecord } from './json.ts';

/** What an attribute usually holds; now and then it holds something else. */
export type Kind = 'bool' | 'long' | 'string' | 'entity' | 'set' | 'record' | Extension;
export type Extension = 'ipaddr' | 'decimal' | 'datetime' | 'duration';

export const kinds: readonly Kind[] = [
  'bool',
  'long',
  'string',
  'entity',
  'set',
  'record',
  'ipaddr',
  'decimal',
  'datetime',
  'duration',
];

/** The same names everywhere, so that what policies read is often there. Some are words of the language or of JavaScript. */
export const attributes: ReadonlyMap<string, Kind> = new Map<string, Kind>([
  ['flag', 'bool'],
  ['n', 'long'],
  ['amount', 'long'],
  ['s', 'string'],
  ['owner', 'entity'],
  ['tags', 'set'],
  ['ids', 'set'],
  ['inner', 'record'],
  ['address', 'ipaddr'],
  ['price', 'decimal'],
  ['since', 'datetime'],
  ['ttl', 'duration'],
  ['__proto__', 'long'],
  ['constructor', 'string'],
  ['', 'bool'],
  ['if é😀', 'long'],
]);

export const entityTypes = ['User', 'Group', 'Ns::Doc', 'Action', 'Ns::Action'] as const;
const ids = ['a', 'b', 'c', '__proto__', 'é"\\\n'] as const;

export interface Uid extends JsonRecord {
  readonly type: string;
  readonly id: string;
}

/** Every entity there can be; an entity is in later ones only, so there is no cycle. */
export const universe: readonly Uid[] = [
  ...['User', 'Group', 'Ns::Doc'].flatMap((type) => ids.map((id) => ({ type, id }))),
  ...['a', 'b', 'c'].map((id) => ({ type: 'Action', id })),
  { type: 'Ns::Action', id: 'a' },
];
export const actionUids = universe.filter(({ type }) => type.endsWith('Action'));

export const uid: Arbitrary<Uid> = fc.constantFrom(...universe);
export const principalUid: Arbitrary<Uid> = fc.oneof(
  { arbitrary: fc.constantFrom(...universe.filter(({ type }) => type === 'User')), weight: 4 },
  { arbitrary: uid, weight: 1 },
);
export const resourceUid: Arbitrary<Uid> = fc.oneof(
  { arbitrary: fc.constantFrom(...universe.filter(({ type }) => type === 'Ns::Doc')), weight: 4 },
  { arbitrary: uid, weight: 1 },
);
export const actionUid: Arbitrary<Uid> = fc.constantFrom(...actionUids);

export const name: Arbitrary<string> = fc.constantFrom(...attributes.keys());
export const tag: Arbitrary<string> = fc.constantFrom('s', 'a', '__proto__', '');
