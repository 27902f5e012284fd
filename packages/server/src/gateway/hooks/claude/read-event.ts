import { AppError } from '@countersign/api';
import { isJsonObject, type JsonObject, type JsonValue } from '@countersign/core';
import { find } from '../../authzen/index.ts';

interface Common {
  readonly session: string;
  /** Which subagent of the session, when it is not the session itself. */
  readonly through: string | null;
}

export interface ClaudeCall extends Common {
  readonly callId: string;
  readonly tool: string;
  /** Where the client has the MCP server from whose tool it is; null for the client's own tools. */
  readonly server: { readonly name: string; readonly source: string } | null;
}

/** What a hook of Claude Code says happens. All of it is the client's claim. */
export type ClaudeEvent =
  | (ClaudeCall & { readonly name: 'PreToolUse'; readonly arguments: JsonObject })
  | (ClaudeCall & { readonly name: 'PostToolUse'; readonly isError: boolean; readonly result: JsonValue })
  | (Common & { readonly name: 'UserPromptSubmit'; readonly prompt: string; readonly isPersons: boolean })
  | (Common & { readonly name: 'SessionStart' | 'SessionEnd' });

/** Who may have typed a prompt; the others are the client's own, timers and other agents. */
const people: ReadonlySet<unknown> = new Set([undefined, 'user', 'sdk']);

/** Reads hostile JSON. An event that is not known here is refused, so that none is let through unread. Throws `action.hook_refused`. */
export function readEvent(body: JsonObject): ClaudeEvent {
  const name = find(body, 'hook_event_name');
  const through = find(body, 'agent_id');
  const common = {
    session: readName(body, 'session_id'),
    through: typeof through === 'string' && isName(through) ? through : null,
  };
  switch (name) {
    case 'PreToolUse':
      return { ...common, ...readCall(body), name, arguments: readArguments(body) };
    case 'PostToolUse':
      return {
        ...common,
        ...readCall(body),
        name,
        isError: false,
        result: find(body, 'tool_response') ?? null,
      };
    case 'PostToolUseFailure':
      return {
        ...common,
        ...readCall(body),
        name: 'PostToolUse',
        isError: true,
        result: find(body, 'error') ?? null,
      };
    case 'UserPromptSubmit': {
      const prompt = find(body, 'prompt');
      if (typeof prompt !== 'string') throw refuse('prompt');
      return { ...common, name, prompt, isPersons: people.has(find(body, 'source')) };
    }
    case 'SessionStart':
    case 'SessionEnd':
      return { ...common, name };
    default:
      throw refuse('hook_event_name');
  }
}

function readCall(body: JsonObject): Pick<ClaudeCall, 'callId' | 'tool' | 'server'> {
  const server = find(body, 'mcp_server');
  return {
    callId: readName(body, 'tool_use_id'),
    tool: readName(body, 'tool_name'),
    server: isJsonObject(server)
      ? { name: String(find(server, 'name')), source: String(find(server, 'source')) }
      : null,
  };
}

function readArguments(body: JsonObject): JsonObject {
  const given = find(body, 'tool_input');
  if (!isJsonObject(given)) throw refuse('tool_input');
  return given;
}

function readName(body: JsonObject, member: string): string {
  const value = find(body, member);
  if (typeof value !== 'string' || !isName(value)) throw refuse(member);
  return value;
}

function isName(text: string): boolean {
  return /^[\x21-\x7e]{1,128}$/.test(text);
}

function refuse(detail: string): AppError {
  return new AppError('action.hook_refused', { detail });
}
