import { AppError } from '@countersign/api';
import { isJsonObject, type JsonObject } from '@countersign/core';

/**
 * The base address that a document names first. A document from the network may name no other host than its own, for
 * credentials will be sent there. Throws `upstream.settings_invalid`.
 */
export function findServer({ servers }: JsonObject, documentUrl: string | undefined): string {
  const [server] = Array.isArray(servers) ? servers : [];
  const template = isJsonObject(server) && typeof server.url === 'string' ? server.url : '/';
  const variables = isJsonObject(server) && isJsonObject(server.variables) ? server.variables : {};
  const text = template.replaceAll(/\{([^{}]{1,64})\}/g, (_, name: string) => {
    const variable = Object.hasOwn(variables, name) ? variables[name] : undefined;
    return isJsonObject(variable) && typeof variable.default === 'string' ? variable.default : '';
  });
  const url = URL.parse(text, documentUrl);
  if (url === null) throw refuse('url is needed: the document names no server');
  if (documentUrl !== undefined && url.origin !== new URL(documentUrl).origin)
    throw refuse('url is needed: the document names a server on another host than its own');
  return url.href.replace(/\/$/, '');
}

function refuse(detail: string): AppError {
  return new AppError('upstream.settings_invalid', { detail });
}
