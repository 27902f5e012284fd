import type { ReceivedRow } from './received-row.ts';

/**
 * What a transmitter's word about risk is kept under. One about a device, a session or another principal is kept apart,
 * so that a second device that is well takes nothing back of the first.
 */
export function findRiskSource({
  transmitter,
  event,
  facts,
  subject_part: part,
}: Pick<ReceivedRow, 'transmitter' | 'event' | 'facts' | 'subject_part'>): string {
  const { principal }: Readonly<Record<string, string>> = JSON.parse(facts);
  return [
    transmitter,
    event,
    ...(principal === undefined ? [] : [principal]),
    ...(part === null ? [] : [part]),
  ].join('/');
}
