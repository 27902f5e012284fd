import type { CedarValueJson, Context, EntityJson } from '@cedar-policy/cedar-wasm/nodejs';

const user = (id: string) => ({ type: 'User', id });
const call = (fn: string, arg: CedarValueJson) => ({ __extn: { fn, arg } });

interface LanguageRequest {
  readonly principal: ReturnType<typeof user>;
  readonly action: ReturnType<typeof user>;
  readonly resource: ReturnType<typeof user>;
  readonly context: Context;
  readonly entities: EntityJson[];
}

/** In Cedar's JSON form, as both engines read it. */
export const LANGUAGE_REQUEST: LanguageRequest = {
  principal: user('alice'),
  action: { type: 'Action', id: 'edit' },
  resource: { type: 'Down::File', id: 'notes' },
  context: {
    yes: true,
    one: 1,
    // The milliseconds of a duration carry a number that JSON in JavaScript cannot.
    large: call('toMilliseconds', call('duration', '9007199254740993ms')),
    labels: ['secret', 'internal'],
    teams: [{ __entity: { type: 'Team', id: 'everyone' } }],
    friend: { __entity: user('bob') },
    record: { a: 1, inner: { b: 'x' } },
    address: call('ip', '192.168.7.1'),
    opened: call('datetime', '2024-05-06T07:08:09Z'),
    hostile: JSON.parse('{"__proto__": {"polluted": true}}'),
  },
  entities: [
    {
      uid: user('alice'),
      attrs: {
        age: 30,
        'first name': 'Alice',
        address: { city: 'Ghent' },
        manager: { __entity: user('bob') },
      },
      parents: [{ type: 'Team', id: 'finance' }],
      tags: { level: 3 },
    },
    { uid: user('bob'), attrs: { age: 50 }, parents: [{ type: 'Team', id: 'finance' }] },
    { uid: user('__proto__'), attrs: { constructor: true }, parents: [] },
    { uid: { type: 'Team', id: 'finance' }, attrs: {}, parents: [{ type: 'Team', id: 'everyone' }] },
    { uid: { type: 'Team', id: 'everyone' }, attrs: {}, parents: [] },
    { uid: { type: 'Action', id: 'edit' }, attrs: {}, parents: [{ type: 'Action', id: 'write' }] },
    { uid: { type: 'Action', id: 'write' }, attrs: {}, parents: [] },
    {
      uid: { type: 'Down::File', id: 'notes' },
      attrs: {},
      parents: [{ type: 'Down::Folder', id: 'home' }],
    },
  ],
};
