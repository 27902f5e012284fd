import type { ArgumentTrace } from '../../actions/provenance/index.ts';
import { matchGrant } from './match-grant.ts';
import type { GrantArgument, GrantCall, GrantEntry, TaskGrant } from './task-grant.ts';

/** What one approval would add to a grant, and which values it is about. */
export interface GrantAmendment {
  readonly entries: readonly GrantEntry[];
  readonly differences: readonly { readonly tool: string; readonly traces: readonly ArgumentTrace[] }[];
}

/** The whole difference between a grant and calls that it does not cover: one entry a tool, in the order of the calls. */
export function proposeAmendment(grant: TaskGrant, calls: readonly GrantCall[], now: number): GrantAmendment {
  const byTool = new Map<string, GrantEntry>();
  const differences: { tool: string; traces: readonly ArgumentTrace[] }[] = [];
  for (const call of calls) {
    const match = matchGrant(grant, call, now);
    if (match.state === 'covered') continue;
    differences.push({ tool: call.tool, traces: match.differences });
    const proposed = byTool.get(call.tool);
    byTool.set(call.tool, {
      id: proposed?.id ?? nextEntryId(grant, byTool.size),
      tool: call.tool,
      arguments: call.traces.reduce(addTrace, proposed?.arguments ?? listSignable(match.entry)),
      asks: false,
      source: 'approval',
      because: 'approved by a person in the course of the task',
      uses: null,
    });
  }
  return { entries: [...byTool.values()], differences };
}

/** Where the prompt left open which of several was meant, a person who names one has not let the others through. */
function listSignable(entry: GrantEntry | undefined): readonly GrantArgument[] {
  return (entry?.arguments ?? []).map((argument) =>
    argument.bars === undefined ? argument : { ...argument, origins: [] },
  );
}

/** What was written for people to read may change from call to call; everything else is granted value by value. */
function addTrace(granted: readonly GrantArgument[], trace: ArgumentTrace): readonly GrantArgument[] {
  if (trace.value === '') return granted;
  const index = granted.findIndex((argument) => argument.pointer === trace.pointer);
  const before = granted[index] ?? {
    pointer: trace.pointer,
    role: trace.role,
    values: [],
    origins: [],
    refused: [],
  };
  const after: GrantArgument =
    trace.role === 'content'
      ? { ...before, origins: [...new Set([...before.origins, ...trace.origins, trace.worst])] }
      : { ...before, values: [...new Set([...before.values, trace.value])] };
  return index < 0 ? [...granted, after] : granted.with(index, after);
}

/** Ids count on, so that an entry that was removed is never confused with one that came later. */
function nextEntryId(grant: TaskGrant, offset: number): string {
  const highest = Math.max(0, ...grant.entries.map(({ id }) => Number(/^g(\d+)$/.exec(id)?.[1] ?? 0)));
  return `g${highest + offset + 1}`;
}
