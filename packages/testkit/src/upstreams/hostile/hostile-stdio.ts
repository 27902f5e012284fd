#!/usr/bin/env node
import { createInterface } from 'node:readline';

// A program that is started as an upstream and misbehaves once it is called; argv[2] says how.
const TOOL = {
  name: 'echo',
  description: 'Answers with its text',
  inputSchema: { type: 'object', properties: { text: { type: 'string' } }, required: ['text'] },
  annotations: { readOnlyHint: true },
};

const misbehave: { readonly [mode: string]: (id: string) => void } = {
  hang: () => {},
  crash: () => process.exit(3),
  'crash after half a line': (id) =>
    process.stdout.write(`{"jsonrpc":"2.0","id":${id}`, () => process.exit(3)),
  garbage: () => process.stdout.write('Traceback (most recent call last):\n\u0000\u0001{\n'),
  'endless line': () => flood('x'.repeat(65_536)),
  'endless lines': () => flood(`${JSON.stringify({ jsonrpc: '2.0', method: 'notifications/message' })}\n`),
  'wrong id': () => say({ jsonrpc: '2.0', id: 'of another request', result: { content: [] } }),
  // What it was started with is a secret that must not come out again.
  'show environment': (id) => answer(id, { content: [{ type: 'text', text: JSON.stringify(process.env) }] }),
  'ignore signals': () => {
    for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, () => {});
    setInterval(() => {}, 1000);
  },
};

const lines = createInterface({ input: process.stdin });
lines.on('line', (line) => {
  const message: unknown = JSON.parse(line);
  if (typeof message !== 'object' || message === null || !('method' in message) || !('id' in message)) return;
  const id = JSON.stringify(message.id);
  if (message.method === 'initialize') {
    const serverInfo = { name: 'hostile', version: '1.0.0' };
    answer(id, { protocolVersion: '2025-11-25', capabilities: { tools: {} }, serverInfo });
  } else if (message.method === 'tools/list') answer(id, { tools: [TOOL] });
  else if (message.method === 'tools/call') misbehave[process.argv[2] ?? 'hang']?.(id);
  else say({ jsonrpc: '2.0', id: message.id, error: { code: -32_601, message: 'no such method' } });
});

function answer(id: string, result: object): void {
  say({ jsonrpc: '2.0', id: JSON.parse(id), result });
}

function say(message: object): void {
  process.stdout.write(`${JSON.stringify(message)}\n`);
}

function flood(block: string): void {
  while (process.stdout.write(block));
  process.stdout.once('drain', () => flood(block));
}
