import { AppError } from '@countersign/api';
import {
  type ApiOperation,
  fitsTemplate,
  type LiveUpstream,
  type PinnedTool,
  pickExact,
  readOperation,
} from '../../upstreams/index.ts';

export interface FoundOperation {
  readonly tool: PinnedTool;
  readonly operation: ApiOperation;
  readonly segments: readonly string[];
}

// An upstream that changes in any way is another object.
const indexes = new WeakMap<LiveUpstream, ReadonlyMap<number, readonly FoundOperation[]>>();

/**
 * The one operation that method and path mean; one that is held is found too, so that the path can say so. Throws
 * `action.tool_unknown`, `action.http_method_refused`.
 */
export function findOperation(
  target: LiveUpstream,
  method: string,
  segments: readonly string[],
): FoundOperation {
  const fitting = (indexOf(target).get(segments.length) ?? []).filter(
    ({ tool, segments: template }) => tool.state !== 'missing' && fitsTemplate(segments, template),
  );
  const [first, ...others] = fitting.filter(({ operation }) => operation.method === method);
  if (first === undefined && fitting.length > 0) {
    const allowed = [...new Set(fitting.map(({ operation }) => operation.method))].sort();
    throw new AppError('action.http_method_refused', { headers: { allow: allowed.join(', ') } });
  }
  let best = first;
  for (const other of others) best = best && exactOf(best, other);
  if (best === undefined) throw new AppError('action.tool_unknown');
  return best;
}

function exactOf(a: FoundOperation, b: FoundOperation): FoundOperation | undefined {
  const picked = pickExact({ ...a, method: a.operation.method }, { ...b, method: b.operation.method });
  if (picked === undefined) return undefined;
  return picked.segments === a.segments ? a : b;
}

function indexOf(target: LiveUpstream): ReadonlyMap<number, readonly FoundOperation[]> {
  let index = indexes.get(target);
  if (index === undefined) {
    const all = [...target.tools()].flatMap((tool) => {
      const operation = readOperation(tool.definition);
      return operation === undefined
        ? []
        : [{ tool, operation, segments: operation.path.split('/').slice(1) }];
    });
    index = Map.groupBy(all, ({ segments }) => segments.length);
    indexes.set(target, index);
  }
  return index;
}
