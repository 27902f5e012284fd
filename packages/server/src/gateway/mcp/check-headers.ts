import type { IncomingHttpHeaders } from 'node:http';
import { AppError } from '@countersign/api';
import type { JsonObject } from '@countersign/core';
import { decodeHeaderValue } from './header-values.ts';

export const protocolVersion = '2026-07-28';
export const versionKey = 'io.modelcontextprotocol/protocolVersion';
export const capabilitiesKey = 'io.modelcontextprotocol/clientCapabilities';

export interface ClaimedMessage {
  readonly method: string;
  readonly isNotification: boolean;
  readonly name: string | undefined;
  readonly meta: JsonObject | undefined;
}

/**
 * Proves that the headers say what the body says, before anything reads either: a proxy, a log or a policy on one of
 * them must never see another message than the upstream (MCP 2026-07-28, Streamable HTTP, "Standard headers").
 */
export function checkHeaders(headers: IncomingHttpHeaders, message: ClaimedMessage): void {
  const versionHeader = single(headers, 'mcp-protocol-version');
  const claimed = message.meta?.[versionKey];
  requireVersion(versionHeader, claimed, message.isNotification);
  const method = single(headers, 'mcp-method');
  if (method === undefined && !message.isNotification) throw mismatch('Mcp-Method is missing');
  if (method !== undefined && method.trim() !== message.method)
    throw mismatch('Mcp-Method differs from the body');
  checkName(single(headers, 'mcp-name'), message);
}

function requireVersion(header: string | undefined, claimed: unknown, isNotification: boolean): void {
  // Headers and body must agree before either is judged.
  if (header !== undefined && claimed !== undefined && claimed !== header) {
    throw mismatch('MCP-Protocol-Version differs from _meta');
  }
  const version = claimed ?? header;
  if (version === undefined) {
    if (isNotification) return;
    throw unsupported(undefined);
  }
  if (version !== protocolVersion) throw unsupported(String(version));
  if (isNotification) return;
  if (header === undefined) throw mismatch('MCP-Protocol-Version is missing');
  if (claimed === undefined)
    throw new AppError('action.meta_invalid', { detail: `_meta lacks ${versionKey}` });
}

function checkName(header: string | undefined, message: ClaimedMessage): void {
  if (message.name === undefined) return;
  if (header === undefined) throw mismatch('Mcp-Name is missing');
  const decoded = decodeHeaderValue(header);
  if (decoded === undefined) throw mismatch('Mcp-Name is not readable');
  if (decoded !== message.name) throw mismatch('Mcp-Name differs from the body');
}

function single(headers: IncomingHttpHeaders, name: string): string | undefined {
  const value = headers[name];
  // node joins repeated headers with a comma, so a repeated one cannot equal the body.
  return Array.isArray(value) ? value.join(',') : value;
}

function mismatch(detail: string): AppError {
  return new AppError('action.header_mismatch', { detail });
}

function unsupported(requested: string | undefined): AppError {
  return new AppError('action.version_unsupported', {
    data: {
      supported: [protocolVersion],
      ...(requested === undefined ? {} : { requested: requested.slice(0, 64) }),
    },
  });
}
