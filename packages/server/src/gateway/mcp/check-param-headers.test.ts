import { AppError } from '@countersign/api';
import { describe, expect, it } from 'vitest';
import { checkParamHeaders } from './check-param-headers.ts';

const definition = {
  name: 'route',
  inputSchema: {
    type: 'object',
    properties: {
      region: { type: 'string', 'x-mcp-header': 'Region' },
      size: { type: 'integer', 'x-mcp-header': 'Size' },
      deep: { type: 'object', properties: { flag: { type: 'boolean', 'x-mcp-header': 'Flag' } } },
    },
  },
};
const check = (headers: Record<string, string>, given: object): string => {
  try {
    checkParamHeaders(headers, definition, given as never);
    return 'none';
  } catch (error) {
    return error instanceof AppError ? error.code : String(error);
  }
};

describe('checkParamHeaders', () => {
  it.each([
    ['true mirrors', { 'mcp-param-region': 'eu', 'mcp-param-size': '42' }, { region: 'eu', size: 42 }],
    ['a number in another spelling', { 'mcp-param-size': '42.0' }, { size: 42 }],
    [
      'encoded text',
      { 'mcp-param-region': `=?base64?${Buffer.from('zürich').toString('base64')}?=` },
      { region: 'zürich' },
    ],
    ['absent and null values', { 'mcp-param-region': 'ignored' }, { region: null }],
    ['nested values', { 'mcp-param-flag': 'true' }, { deep: { flag: true } }],
  ])('accepts %s', (_, headers, given) => {
    expect(check(headers as unknown as Record<string, string>, given)).toBe('none');
  });

  it.each([
    ['another value', { 'mcp-param-region': 'us' }, { region: 'eu' }],
    ['a missing mirror', {}, { region: 'eu' }],
    ['broken Base64', { 'mcp-param-region': '=?base64?%%?=' }, { region: 'eu' }],
    ['text for a number', { 'mcp-param-size': '4 2' }, { size: 42 }],
    ['a nested lie', { 'mcp-param-flag': 'false' }, { deep: { flag: true } }],
  ])('refuses %s', (_, headers, given) => {
    expect(check(headers as unknown as Record<string, string>, given)).toBe('action.header_mismatch');
  });
});
