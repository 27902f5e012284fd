/** A request of revision 2026-07-28 with the headers that mirror it. */
export interface McpRequest {
  readonly message: {
    readonly jsonrpc: '2.0';
    readonly id: number | string;
    readonly method: string;
    readonly params: { readonly [name: string]: unknown };
  };
  readonly headers: { readonly [name: string]: string };
}

export const REVISION = '2026-07-28';

export interface McpRequestOptions {
  readonly id?: number | string;
  readonly capabilities?: object;
  readonly meta?: { readonly [name: string]: unknown };
}

export function mcpRequest(
  method: string,
  params: { readonly [name: string]: unknown } = {},
  { id = 1, capabilities = {}, meta = {} }: McpRequestOptions = {},
): McpRequest {
  const _meta = {
    'io.modelcontextprotocol/protocolVersion': REVISION,
    'io.modelcontextprotocol/clientInfo': { name: 'raw-agent', version: '1.0.0' },
    'io.modelcontextprotocol/clientCapabilities': capabilities,
    ...meta,
  };
  const name = params.name ?? params.uri;
  const headers = { 'mcp-protocol-version': REVISION, 'mcp-method': method };
  return {
    message: { jsonrpc: '2.0', id, method, params: { ...params, _meta } },
    headers: typeof name === 'string' ? { ...headers, 'mcp-name': name } : headers,
  };
}

export function toolCall(name: string, args: object, options?: McpRequestOptions): McpRequest {
  return mcpRequest('tools/call', { name, arguments: args }, options);
}
