import type { ArgumentTrace } from '../../actions/provenance/index.ts';
import type { GrantArgument } from './task-grant.ts';

/** Whether an entry's argument speaks of the place that was traced, and lets its value through. */
export function fitsArgument(argument: GrantArgument, trace: ArgumentTrace): boolean {
  if (!coversPointer(argument.pointer, trace.pointer)) return false;
  const isBarred = argument.bars === 'contested' && trace.isContested === true;
  if (argument.origins.includes(trace.worst) && !isBarred) return true;
  // Stands for values that nobody has looked at, so no value that was granted is one of them.
  if (trace.value === '') return false;
  const value = normaliseGrantValue(trace.value);
  return argument.values.some((granted) => normaliseGrantValue(granted) === value);
}

/**
 * Whether the prompt has ruled out what was traced, in this place. Only what leads out of the house is ruled out for
 * good: of the name of a colleague or of a room a person can still be asked.
 */
export function refusesArgument(argument: GrantArgument, trace: ArgumentTrace): boolean {
  if (!argument.refused.includes(trace.worst) || !coversPointer(argument.pointer, trace.pointer))
    return false;
  return LEADS_OUT.test(trace.value);
}

/** An address, a link or a host, an account. */
const LEADS_OUT = /[^\s@]@[^\s@]|:\/\/|www\.|[\p{L}\p{N}]\.\p{L}{2,}|\d(?:[ -]?\d){7}/u;

/** Conservative, as it makes a value good: only case, Unicode form and blanks may differ. */
export function normaliseGrantValue(value: string): string {
  return value.normalize('NFKC').toLowerCase().replace(/\s+/gu, ' ').trim();
}

/** Whether `pattern` is `pointer`, or has `*` where it has the index of an item. */
export function coversPointer(pattern: string, pointer: string): boolean {
  if (pattern === pointer) return true;
  const wanted = pattern.split('/');
  const found = pointer.split('/');
  if (wanted.length !== found.length) return false;
  return wanted.every((part, index) => {
    const other = found[index] ?? '';
    return part === other || (part === '*' && /^(?:\*|\d{1,9})$/.test(other));
  });
}
