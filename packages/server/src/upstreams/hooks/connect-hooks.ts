import { AppError } from '@countersign/api';
import type { UpstreamConnection, UpstreamRow } from '../live-upstream.ts';
import { readDeclaredTools } from './declared-tools.ts';

/** What a program does itself: there are definitions to look at, and nothing that a message could be sent to. */
export function connectHooks({ name, document }: Pick<UpstreamRow, 'name' | 'document'>): UpstreamConnection {
  return {
    send: () => Promise.reject(new AppError('action.runs_elsewhere')),
    async listOperations() {
      if (document === null) return { tools: [], refused: [] };
      const { tools, refused } = readDeclaredTools(name, document);
      return { tools: tools.map(({ definition }) => definition), refused };
    },
    close: () => Promise.resolve(),
  };
}
