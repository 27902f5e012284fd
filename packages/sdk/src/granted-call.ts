import { CountersignError, readError } from './countersign-error.ts';

const revision = '2026-07-28';

/** The result of an MCP tool call. */
export interface CallResult {
  readonly content: readonly Readonly<Record<string, unknown>>[];
  readonly isError?: boolean;
  readonly [member: string]: unknown;
}

/** One exact call that a person let happen. Its token is good for this call, once, and nothing else. */
export class GrantedCall {
  readonly upstream: string;
  readonly tool: string;
  readonly arguments: Readonly<Record<string, unknown>>;
  readonly #url: string;
  readonly #send: typeof fetch;

  constructor(parts: {
    url: string;
    upstream: string;
    tool: string;
    arguments: Readonly<Record<string, unknown>>;
    send: typeof fetch;
  }) {
    this.upstream = parts.upstream;
    this.tool = parts.tool;
    this.arguments = parts.arguments;
    this.#url = `${parts.url}/mcp/${encodeURIComponent(parts.upstream)}`;
    this.#send = parts.send;
  }

  /**
   * Makes the call. A second time it is refused with `token.call_used`. A refusal of the path is a result with
   * `isError`, as every MCP client sees it. Throws `CountersignError` for what is no result.
   */
  async run(signal?: AbortSignal): Promise<CallResult> {
    const params = {
      name: this.tool,
      arguments: this.arguments,
      _meta: {
        'io.modelcontextprotocol/protocolVersion': revision,
        'io.modelcontextprotocol/clientInfo': { name: 'countersign-agent', version: '0.1.0' },
        'io.modelcontextprotocol/clientCapabilities': {},
      },
    };
    const response = await this.#send(this.#url, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        accept: 'application/json, text/event-stream',
        'mcp-protocol-version': revision,
        'mcp-method': 'tools/call',
        'mcp-name': this.tool,
      },
      body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/call', params }),
      ...(signal === undefined ? {} : { signal }),
    });
    if (!response.ok) throw await readError(response);
    const reply = await readReply(response);
    if (reply.result !== undefined) return reply.result;
    const { code, message } = reply.error?.data ?? {};
    const text = message ?? reply.error?.message ?? 'no reply';
    throw new CountersignError(code ?? 'http.unexpected', text, response.status);
  }
}

interface Reply {
  readonly result?: CallResult;
  readonly error?: {
    readonly message?: string;
    readonly data?: { readonly code?: string; readonly message?: string };
  };
}

/** The reply is the body, or the last message of a stream of events. */
async function readReply(response: Response): Promise<Reply> {
  const text = await response.text();
  if (response.headers.get('content-type')?.includes('text/event-stream') !== true) return JSON.parse(text);
  const data = text.split('\n').filter((line) => line.startsWith('data:'));
  return JSON.parse(data.at(-1)?.slice('data:'.length) ?? '{}');
}
