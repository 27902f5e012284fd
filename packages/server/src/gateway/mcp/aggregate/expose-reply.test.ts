import { describe, expect, it } from 'vitest';
import { everyUpstream } from '../../../upstreams/index.ts';
import { exposeReply } from './expose-reply.ts';

const reply = (result: object) => ({ jsonrpc: '2.0', id: 1, result: { ...result } });

describe('exposeReply', () => {
  it('says where resources and tasks can be asked for', () => {
    const link = { type: 'resource_link', uri: 'file:///a', name: 'a' };
    const held = { type: 'resource', resource: { uri: 'file:///a', text: 'file:///a' } };
    const seen = { ...link, uri: 'countersign+files:file:///a' };
    const shown = { type: 'resource', resource: { uri: 'countersign+files:file:///a', text: 'file:///a' } };
    const messages = [{ role: 'user', content: link }, { role: 'user', content: 'plain' }, null];
    expect(
      exposeReply(everyUpstream, 'files', reply({ content: [link, held, 7], result: { content: [held] } })),
    ).toEqual(reply({ content: [seen, shown, 7], result: { content: [shown] } }));
    expect(exposeReply(everyUpstream, 'files', reply({ messages, taskId: 't' }))).toEqual(
      reply({ messages: [{ role: 'user', content: seen }, messages[1], null], taskId: 'files__t' }),
    );
    expect(
      exposeReply(everyUpstream, 'files', reply({ contents: [{ uri: 'file:///a' }, { uri: 7 }] })),
    ).toEqual(reply({ contents: [{ uri: 'countersign+files:file:///a' }, { uri: 7 }] }));
  });

  it('leaves everything else the very same', () => {
    const text = reply({ content: [{ type: 'text', text: 'file:///a' }], structuredContent: { uri: 'a:b' } });
    expect(exposeReply(everyUpstream, 'files', text)).toBe(text);
    const linked = reply({ content: [{ type: 'resource_link', uri: 'file:///a' }] });
    expect(exposeReply('files', 'files', linked)).toBe(linked);
    expect(exposeReply(everyUpstream, everyUpstream, linked)).toBe(linked);
  });
});
