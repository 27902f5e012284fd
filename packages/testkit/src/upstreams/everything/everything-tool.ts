import type { ServerContext } from '@modelcontextprotocol/server';

export type JsonObject = { [name: string]: unknown };

/** One tool of the fixture: what `tools/list` shows and what `tools/call` does. */
export interface EverythingTool {
  readonly name: string;
  readonly description: string;
  readonly inputSchema: JsonObject;
  readonly annotations?: { readonly readOnlyHint?: boolean; readonly destructiveHint?: boolean };
  call(args: JsonObject, context: ServerContext): Promise<JsonObject> | JsonObject;
}

export const NO_ARGUMENTS: JsonObject = { type: 'object', properties: {}, additionalProperties: false };

export function textResult(text: string): JsonObject {
  return { content: [{ type: 'text', text }] };
}

/** What every call of a fixture shares; instances of the server come and go with each request. */
export interface EverythingState {
  readonly tasks: import('./task-board.ts').TaskBoard;
  readonly sealState: (payload: JsonObject) => Promise<string>;
  readonly openState: (sealed: string, context: ServerContext) => Promise<JsonObject>;
  readonly announceToolChange: () => void;
  readonly announcePromptChange: () => void;
}
