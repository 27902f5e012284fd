import type { IncomingMessage } from 'node:http';
import { describe, expect, it } from 'vitest';
import { isLegacyRequest } from './is-legacy-request.ts';
import { negotiateRevision } from './revisions.ts';

function judge(headers: Record<string, string>, method: string, named: string | null = 'tools/list') {
  return isLegacyRequest({ headers, method } as unknown as IncomingMessage, () => named);
}

describe('isLegacyRequest', () => {
  it.each([
    [true, 'a version that has sessions', { 'mcp-protocol-version': '2025-11-25' }, 'POST', 'tools/list'],
    [true, 'the handshake', {}, 'POST', 'initialize'],
    [true, 'a session without a version', { 'mcp-session-id': 'x' }, 'GET', null],
    [
      false,
      'the later version, whatever session comes along',
      { 'mcp-protocol-version': '2026-07-28', 'mcp-session-id': 'x' },
      'POST',
      'initialize',
    ],
    [false, 'a version nobody speaks', { 'mcp-protocol-version': '2024-11-05' }, 'POST', 'initialize'],
    [false, 'two versions', { 'mcp-protocol-version': '2025-11-25, 2026-07-28' }, 'POST', 'tools/list'],
    [false, 'no version, no session', {}, 'POST', 'tools/list'],
    [false, 'a GET without a session', {}, 'GET', null],
  ])('is %s for %s', (expected, _, headers, method, named) => {
    expect(judge(headers as Record<string, string>, method, named)).toBe(expected);
  });
});

describe('negotiateRevision', () => {
  it.each([
    ['2025-11-25', '2025-11-25'],
    ['2025-06-18', '2025-06-18'],
    ['2025-03-26', '2025-03-26'],
    ['2024-11-05', '2025-11-25'],
    ['2026-07-28', '2025-11-25'],
    ['toString', '2025-11-25'],
  ])('answers %s with %s', (asked, answered) => {
    expect(negotiateRevision(asked)).toBe(answered);
  });
});
