/** A tool that is there and never delegated. */
export const FORBIDDEN_TOOL = 'erase';
export const UPSTREAM = 'shop';

/** Every call carries a mark of its own, by which the upstream's journal, the clients and the ledger are compared. */
export function markedArguments(tool: string, mark: string): object {
  return tool === 'pay' ? { to: mark, amount: 1, currency: 'EUR' } : { text: mark };
}

export function readMark(args: unknown): string | undefined {
  if (typeof args !== 'object' || args === null) return undefined;
  const { text, to } = args as { text?: unknown; to?: unknown };
  const mark = text ?? to;
  return typeof mark === 'string' ? mark : undefined;
}
