import { describe, expect, it } from 'vitest';
import type { JsonValue } from '../../actions/json-value.ts';
import { proposeArgumentRoles } from './propose-argument-roles.ts';

const text = { type: 'string' };
const texts = { type: 'array', items: text };

function propose(name: string, properties: Record<string, JsonValue>, annotations: JsonValue = {}): object {
  const roles = proposeArgumentRoles({ name, annotations, inputSchema: { type: 'object', properties } });
  return Object.fromEntries(roles.map(({ pointer, role }) => [pointer, role]));
}

describe('proposeArgumentRoles', () => {
  it.each<[string, string, Record<string, JsonValue>, object]>([
    [
      'a payment',
      'send_money',
      { recipient: text, amount: { type: 'number' }, subject: text, date: text, urgent: { type: 'boolean' } },
      { '/recipient': 'destination', '/amount': 'amount', '/subject': 'content' },
    ],
    [
      'a mail',
      'sendEmail',
      { to: texts, bcc: { anyOf: [texts, { type: 'null' }] }, body: text, attachments: { type: 'array' } },
      { '/to/*': 'destination', '/bcc/*': 'destination', '/body': 'content', '/attachments/*': 'content' },
    ],
    ['a mail that is deleted', 'delete_email', { email_id: text }, { '/email_id': 'target' }],
    ['a person who is removed', 'remove_user', { user: text }, { '/user': 'target' }],
    [
      'a sign-in',
      'login',
      { username: text, password: text },
      { '/username': 'target', '/password': 'target' },
    ],
    [
      'a file that is written',
      'write_file',
      { path: text, content: text },
      { '/path': 'destination', '/content': 'content' },
    ],
    ['a file that goes out', 'git_push', { local_path: text }, { '/local_path': 'target' }],
    [
      'a copy',
      'copy_file',
      { source_path: text, destination_path: text },
      { '/source_path': 'target', '/destination_path': 'destination' },
    ],
    [
      'what only a description tells',
      'submit',
      { where: { ...text, description: 'URL of the form' } },
      { '/where': 'destination' },
    ],
    [
      'what only a format tells',
      'submit',
      { where: { ...text, format: 'uri' } },
      { '/where': 'destination' },
    ],
    ['what nothing tells', 'zorp', { frob: text }, { '/frob': 'target' }],
    [
      'members and choices',
      'create_order',
      {
        ship: { type: 'object', properties: { address: text } },
        lines: {
          type: 'array',
          items: { type: 'object', properties: { product_id: text, quantity: { type: 'integer' } } },
        },
        kind: { enum: ['a'] },
      },
      { '/ship/address': 'destination', '/lines/*/product_id': 'target', '/lines/*/quantity': 'amount' },
    ],
    [
      'a reference',
      'share',
      { 'a/b~': { $ref: '#/properties/email' }, email: text },
      { '/a~1b~0': 'target', '/email': 'destination' },
    ],
    [
      'names of prototypes',
      'send',
      { constructor: text, toString: text },
      { '/constructor': 'target', '/toString': 'destination' },
    ],
  ])('tells the arguments of %s', (_, name, properties, roles) => {
    expect(propose(name, properties)).toEqual(roles);
  });

  it('tells those of a read, from which only an address leaves, unless it reaches outside', () => {
    const reads = { readOnlyHint: true };
    expect(propose('get_page', { url: text }, reads)).toEqual({ '/url': 'destination' });
    expect(propose('search_orders', { query: text, since: text, limit: text }, reads)).toEqual({
      '/query': 'target',
    });
    expect(propose('search_web', { query: text }, { ...reads, openWorldHint: true })).toEqual({
      '/query': 'content',
    });
    expect(propose('zorp', { url: text, x: text }, reads)).toEqual({ '/url': 'destination', '/x': 'target' });
  });

  it.each<[string, JsonValue]>([
    ['no schema', null],
    ['a schema of another type', 'object'],
    ['a reference to itself', { properties: { a: { $ref: '#/properties/a' } } }],
    ['a reference to nowhere', { properties: { a: { $ref: '#/__proto__/x' }, b: { $ref: 'http://x' } } }],
  ])('says nothing of %s', (_, inputSchema) => {
    expect(proposeArgumentRoles({ name: 'send', inputSchema })).toEqual([]);
  });

  it('stays bounded', () => {
    const wide = Object.fromEntries(Array.from({ length: 10_000 }, (_, index) => [`p${index}`, text]));
    expect(Object.keys(propose('send', wide))).toHaveLength(200);
    let deep: JsonValue = text;
    for (let level = 0; level < 2_000; level++) deep = { anyOf: [deep, deep], properties: { a: deep } };
    expect(Object.keys(propose('send', { deep }))).toEqual([]);
  });
});
