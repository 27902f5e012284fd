import { isJsonObject, type JsonObject } from '@countersign/core';
import { isGiven, listObjects, readName, readText } from './model-request.ts';

/** Tools that the client runs: calls of them come back to it. */
const local: ReadonlySet<string> = new Set([
  ...['', 'function', 'custom', 'apply_patch', 'bash', 'computer', 'computer_use_preview', 'local_shell'],
  ...['memory', 'text_editor', 'str_replace_editor', 'str_replace_based_edit_tool'],
]);

/**
 * What a provider is asked to do itself: its own tools, servers that it would call, requests that go on without a caller.
 * None of it passes here, so nothing of it could be decided or recorded.
 */
export function listHosted(body: JsonObject): readonly string[] {
  const found = listObjects(body.tools).flatMap((tool) => {
    const type = readName(tool.type).replace(/_\d{8}$/, '');
    return local.has(type) ? [] : [type];
  });
  if (isGiven(body.web_search_options)) found.push('web_search');
  if (listObjects(body.mcp_servers).length > 0) found.push('mcp');
  if (isGiven(body.background)) found.push('background');
  if (isGiven(body.container)) found.push('container');
  return [...new Set(found)];
}

/** Of those that the client runs. */
export function listToolNames(body: JsonObject): readonly string[] {
  const tools = [...listObjects(body.tools), ...listObjects(body.functions)];
  return tools.map((tool) => {
    const inner = isJsonObject(tool.function)
      ? tool.function
      : isJsonObject(tool.custom)
        ? tool.custom
        : tool;
    return readName(inner.name) || readText(tool.type).slice(0, 64);
  });
}

/** Members that hold tools, and what of the conversation was read as one. */
export function listConsumed(body: JsonObject, spoken: readonly string[]): readonly string[] {
  return [...spoken, ...toolMembers.filter((name) => Array.isArray(body[name]))];
}

export const toolMembers = ['functions', 'tools'] as const;
