import type { ErrorEntry } from '@countersign/api';

export const errorSections = ['What happened', 'Who sees it', 'What to do'] as const;

/** The line under the title: facts of the table, kept equal to it by the check. */
export function writeFacts(entry: ErrorEntry): string {
  const again = entry.retryable ? 'the same request may succeed later' : 'do not repeat it unchanged';
  return `HTTP ${entry.status} · JSON-RPC ${entry.jsonRpc} · ${again}`;
}

/** A first page from the table's texts; people then keep it. */
export function writeErrorPage(code: string, entry: ErrorEntry): string {
  return [
    `# \`${code}\``,
    writeFacts(entry),
    '## What happened',
    entry.operator,
    '## Who sees it',
    `The caller reads: “${entry.caller}” The operator finds the code in the log and, where an agent was involved, in the ledger.`,
    '## What to do',
    entry.retryable
      ? 'Repeat the same request after a short wait. If it keeps failing, the log line of the request says why.'
      : 'Change the request as the text says before sending it again. The log line of the request says why it was refused.',
    '',
  ].join('\n\n');
}

export function writeErrorIndex(table: Readonly<Record<string, ErrorEntry>>): string {
  const rows = Object.entries(table).map(
    ([code, entry]) => `| [\`${code}\`](${code}.md) | ${entry.status} | ${entry.jsonRpc} | ${entry.caller} |`,
  );
  return [
    '# Error codes',
    '',
    'Every refusal carries one of these codes: as `code` in the problem details (RFC 9457) on HTTP, in `error.data.code`',
    'on MCP, and in the ledger record of the refusal. The texts are in `packages/api/src/errors/`, a table for each noun.',
    '',
    '| code | HTTP | JSON-RPC | what the caller reads |',
    '|---|---|---|---|',
    ...rows,
    '',
  ].join('\n');
}
