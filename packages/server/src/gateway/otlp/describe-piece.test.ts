import { describe, expect, it } from 'vitest';
import { describePiece } from './describe-piece.ts';
import { redactForms } from './redact-told.ts';
import type { ToldPiece } from './told-piece.ts';

const credential = `sk-${'a1B2'.repeat(6)}`;

describe('what a record says of a piece', () => {
  it('has no credential in any of its names', () => {
    const call = { type: 'tool_call', id: credential, name: `pay ${credential}`, arguments: {} };
    const messages = [
      { role: `user ${credential}`, parts: [{ type: 'text', content: credential }] },
      { role: 'assistant', parts: [call] },
      { role: 'tool', parts: [{ type: 'tool_call_response', id: credential, response: credential }] },
    ];
    const piece: ToldPiece = {
      ...{ signal: 'span', trace: 'a'.repeat(32), span: 'b'.repeat(16), parentSpan: null, start: 1, end: 2 },
      ...{ name: credential, scope: credential, status: 'ok', body: null, events: [], resource: new Map() },
      attributes: new Map<string, never>(
        Object.entries({
          'gen_ai.input.messages': JSON.stringify(messages),
          'gen_ai.output.messages': JSON.stringify(messages.slice(1, 2)),
          'gen_ai.retrieval.documents': JSON.stringify([{ id: credential, content: credential }]),
          'gen_ai.tool.call.id': credential,
          'gen_ai.request.model': credential,
        }) as never,
      ),
    };
    const described = describePiece(piece, 'chat', { redact: redactForms, find: () => undefined });
    const text = JSON.stringify(described);
    expect(text).not.toContain(credential);
    for (const name of ['documents', 'messages']) expect(described.body[name]).toBeDefined();
    expect(text).toContain('"toolCalls"');
    // Two calls that were both redacted are not the same one.
    expect(described.toolCall).toBeUndefined();
  });
});
