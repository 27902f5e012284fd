import {
  fromJsonSchema,
  McpServer,
  ProtocolError,
  ProtocolErrorCode,
  type ServerContext,
} from '@modelcontextprotocol/server';
import { clientRequestTools } from './client-request-tools.ts';
import { contentTools } from './content-tools.ts';
import { type EverythingState, type EverythingTool, type JsonObject, textResult } from './everything-tool.ts';
import { inputRequiredTools } from './input-required-tools.ts';
import { registerPrompts } from './register-prompts.ts';
import { registerResources } from './register-resources.ts';
import { registerTaskMethods } from './register-task-methods.ts';
import { buildRequestStateTools } from './request-state-tools.ts';
import { schemaTools } from './schema-tools.ts';
import { buildStreamingTools } from './streaming-tools.ts';
import { buildTaskTools, TASKS_EXTENSION } from './task-tools.ts';

/** An MCP server with every name the public conformance suite asks for, for one request or one connection. */
export function buildEverythingServer(state: EverythingState): McpServer {
  const mcp = new McpServer(
    { name: 'everything', version: '1.0.0' },
    {
      capabilities: {
        tools: { listChanged: true },
        prompts: { listChanged: true },
        resources: { subscribe: true, listChanged: true },
        logging: {},
        completions: {},
        extensions: { [TASKS_EXTENSION]: {} },
      },
      requestState: { verify: state.openState },
    },
  );
  registerTools(mcp, [
    ...contentTools,
    ...buildStreamingTools(state),
    ...clientRequestTools,
    ...schemaTools,
    ...inputRequiredTools,
    ...buildRequestStateTools(state),
    ...buildTaskTools(state),
  ]);
  registerTaskMethods(mcp, state.tasks);
  registerPrompts(mcp);
  registerResources(mcp);
  mcp.server.setRequestHandler('completion/complete', () => ({
    completion: { values: [], total: 0, hasMore: false },
  }));
  mcp.server.setRequestHandler('logging/setLevel', () => ({}));
  mcp.server.setRequestHandler('resources/subscribe', () => ({}));
  mcp.server.setRequestHandler('resources/unsubscribe', () => ({}));
  return mcp;
}

// The library's own `tools/call` cannot answer with a task nor refuse with a protocol error, so calls are
// dispatched here; registering each tool with it still gives the list and the checks of mirrored headers.
function registerTools(mcp: McpServer, tools: readonly EverythingTool[]): void {
  const byName = new Map<string, { tool: EverythingTool; schema: ReturnType<typeof fromJsonSchema> }>();
  for (const tool of tools) {
    const schema = fromJsonSchema(tool.inputSchema);
    byName.set(tool.name, { tool, schema });
    const { description, annotations } = tool;
    mcp.registerTool(
      tool.name,
      { description, inputSchema: schema, ...(annotations && { annotations }) },
      () => ({ content: [] }),
    );
  }
  const call = async (name: string, args: JsonObject, context: ServerContext): Promise<JsonObject> => {
    const known = byName.get(name);
    if (known === undefined) throw new ProtocolError(ProtocolErrorCode.InvalidParams, `unknown tool ${name}`);
    const checked = await known.schema['~standard'].validate(args);
    if (checked.issues !== undefined) {
      return { ...textResult(checked.issues.map((issue) => issue.message).join('; ')), isError: true };
    }
    try {
      return await known.tool.call(args, context);
    } catch (error) {
      if (error instanceof ProtocolError) throw error;
      return { ...textResult(error instanceof Error ? error.message : String(error)), isError: true };
    }
  };
  mcp.server.setRequestHandler('tools/call', async (request, context) => {
    const result = await call(request.params.name, request.params.arguments ?? {}, context);
    return { content: [], ...result };
  });
}
