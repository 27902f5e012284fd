import type { JsonObject, Obligations } from '@countersign/core';
import { countBrought, type Interim } from './measure-result.ts';
import { findCaps, type MetResponse, meetInResponse } from './meet-obligations.ts';
import type { Reservation } from './reserve-budgets.ts';
import type { Forwarded } from './stages.ts';

/** Each shares out what there is room for over the lists and texts of a reply; the last leaves one row or byte of each. */
const mostAttempts = 6;

interface Fitted {
  readonly operation: Forwarded['message']['operation'];
  readonly owed: Obligations;
  readonly reservation: Reservation | null;
  readonly interim: Interim;
}

/**
 * The reply as policy lets it pass. Where policy caps it anyway, it is cut further until it fits into what was set aside
 * for it, and says so; what fits in no way is left for `measureResult` to withhold.
 */
export function fitResult({ operation, owed, reservation, interim }: Fitted, reply: JsonObject): MetResponse {
  const first = meetInResponse(operation, reply, owed);
  const caps = findCaps(operation, owed);
  if (reservation === null || (caps.rows === null && caps.bytes === null)) return first;
  const room = {
    rows: reservation.most.rows - interim.rows,
    bytes: reservation.most.bytes - interim.bytes,
  };
  const count = (seen: MetResponse) => countBrought({ interim: nothing }, { ...seen, raw: null });
  let seen = first;
  let tight = owed;
  for (let attempt = 1; attempt <= mostAttempts; attempt += 1) {
    const { rows, bytes } = count(seen);
    if (rows <= room.rows && bytes <= room.bytes) return seen;
    const isLast = attempt === mostAttempts;
    tight = {
      ...tight,
      capRows: tighten(tight.capRows, { has: rows, room: room.rows, isLast }),
      capBytes: tighten(tight.capBytes, { has: bytes, room: room.bytes, isLast }),
    };
    seen = meetInResponse(operation, reply, tight);
  }
  return seen;
}

const nothing: Interim = { rows: 0, bytes: 0 };

function tighten(
  cap: number | null,
  { has, room, isLast }: { readonly has: number; readonly room: number; readonly isLast: boolean },
): number | null {
  if (cap === null || has <= room) return cap;
  if (isLast) return 1;
  // One list alone fits at once; several share.
  const next = cap > room ? room : Math.floor((cap * room) / has);
  return Math.max(1, next);
}
