import type { RecordKind } from '@countersign/api';
import type { StoredRecord } from '../../../ledger/index.ts';
import type { Claim, ClaimId, Fact, Looking, Objection } from './claim.ts';

interface Counting {
  readonly id: ClaimId;
  readonly sentence: string;
  readonly kinds: readonly RecordKind[];
  /** What is counted, in the plural. */
  readonly counted: string;
  readonly where?: (record: StoredRecord) => boolean;
  /** Divides what is counted; by kind when absent and there are several. */
  readonly by?: (record: StoredRecord) => string;
  readonly against?: (records: readonly StoredRecord[], looking: Looking) => readonly Objection[];
  readonly facts?: (looking: Looking) => readonly Fact[] | Promise<readonly Fact[]>;
}

const mostParts = 6;

/** A claim that rests on how many records of some kinds there are. */
export function countRecords(counting: Counting): Claim {
  const { id, sentence, kinds, counted, where, against, facts } = counting;
  const by = counting.by ?? (kinds.length > 1 ? (record: StoredRecord) => record.kind : undefined);
  return {
    id,
    sentence,
    async look(looking) {
      const found = [];
      for (const kind of kinds) found.push(await looking.records.of(kind));
      const all = found.flatMap(({ items }) => items);
      const records = where === undefined ? all : all.filter(where);
      const complete = found.every((one) => one.complete);
      const parts = by === undefined || records.length === 0 ? '' : ` (${listParts(records, by)})`;
      return {
        ...{
          records,
          complete,
          statement: `${counted}: ${complete ? '' : 'at least '}${records.length}${parts}`,
        },
        against: against?.(records, looking) ?? [],
        facts: (await facts?.(looking)) ?? [],
      };
    },
  };
}

function listParts(records: readonly StoredRecord[], by: (record: StoredRecord) => string): string {
  const parts = [...Map.groupBy(records, by)].map(([name, some]) => [name, some.length] as const);
  const sorted = parts.sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1));
  const shown = sorted.slice(0, mostParts).map(([name, count]) => `${name} ${count}`);
  const rest = sorted.length - shown.length;
  return [...shown, ...(rest > 0 ? [`and ${rest} more`] : [])].join(', ');
}

/** A member of a record's body, as text; what is not text is none. */
export function readText(record: StoredRecord, member: string): string {
  const { body } = record;
  const value = body !== undefined && Object.hasOwn(body, member) ? body[member] : undefined;
  return typeof value === 'string' ? value : '';
}

/** The objection, when any record gives cause for it. */
export function objectTo(
  records: readonly StoredRecord[],
  isWrong: (record: StoredRecord) => boolean,
  text: string,
): readonly Objection[] {
  const wrong = records.filter(isWrong);
  return wrong.length === 0 ? [] : [{ text: `${wrong.length} ${text}`, records: wrong }];
}
