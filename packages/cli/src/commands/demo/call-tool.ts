import type { Client } from '@modelcontextprotocol/client';

export interface ToolAnswer {
  readonly text: string;
  readonly isError: boolean;
  /** Set while a person has to decide. */
  readonly approval: PendingApproval | undefined;
}

export interface PendingApproval {
  readonly approval: string;
  readonly link: string;
  readonly matchCode: string;
  readonly expiresAt: number;
}

/** One tool call with the official MCP client, as any agent makes it. */
export async function callTool(
  client: Client,
  name: string,
  given: Readonly<Record<string, unknown>>,
): Promise<ToolAnswer> {
  const result = await client.callTool({ name, arguments: { ...given } });
  const content = Array.isArray(result.content) ? result.content : [];
  const text = content.map((block) => (block.type === 'text' ? block.text : `[${block.type}]`)).join('\n');
  const approval = result._meta?.['countersign/approval'] as PendingApproval | undefined;
  return { text, isError: result.isError === true, approval };
}
