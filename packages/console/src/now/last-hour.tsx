import { useQuery } from '@tanstack/react-query';
import { mergeRecords } from '../ledger/merge-records.ts';
import { type LedgerRecord, searchRecords } from '../ledger/record.ts';
import { DecisionMark } from '../shown/decision-mark.tsx';
import { formatMoment } from '../shown/moment.tsx';
import { useNow } from '../shown/use-now.ts';
import { countByMinute, type MinuteCount } from './count-by-minute.ts';

const minutes = 60;
const mostRead = 500;
const height = 40;
const step = 10;

/** The decisions of the last hour by minute, as a picture with its numbers beside it. */
export function LastHour({ tail }: { readonly tail: readonly LedgerRecord[] }) {
  const minute = Math.floor(useNow() / 60_000) * 60_000;
  const { data } = useQuery({
    queryKey: ['last-hour'],
    queryFn: async ({ signal }) => {
      const from = Date.now() - minutes * 60_000;
      const kinds = ['action.decision', 'action.refused'];
      const pages = await Promise.all(
        kinds.map((kind) => searchRecords({ kind, from, limit: mostRead }, signal)),
      );
      return {
        records: pages.flatMap(({ items }) => items),
        isWhole: pages.every(({ next }) => next === null),
      };
    },
    refetchInterval: 60_000,
  });
  if (data === undefined) return null;
  const records = mergeRecords(data.records, tail, 4 * mostRead);
  const counts = countByMinute(records, minute + 1, minutes);
  const sum = (verdict: 'allow' | 'ask' | 'deny') =>
    counts.reduce((total, count) => total + count[verdict], 0);
  return (
    <figure className="last-hour">
      <figcaption>
        Last hour{!data.isWhole && `, the newest ${mostRead} of each kind`}:{' '}
        {(['allow', 'ask', 'deny'] as const).map((verdict) => (
          <DecisionMark key={verdict} mark={verdict} word={`${sum(verdict)} ${verdict}`} />
        ))}
      </figcaption>
      <Bars counts={counts} />
    </figure>
  );
}

function Bars({ counts }: { readonly counts: readonly MinuteCount[] }) {
  const highest = Math.max(4, ...counts.map(({ allow, ask, deny }) => allow + ask + deny));
  return (
    <svg
      viewBox={`0 0 ${minutes * step} ${height}`}
      preserveAspectRatio="none"
      role="img"
      aria-label="Decisions by minute"
    >
      {counts.map((count, index) => {
        let top = height;
        return (['allow', 'ask', 'deny'] as const).map((verdict) => {
          if (count[verdict] === 0) return null;
          // A single call must be seen beside a thousand.
          const size = Math.max(3, (count[verdict] / highest) * height);
          top -= size;
          return (
            <rect
              key={`${count.at}-${verdict}`}
              className={`bar-${verdict}`}
              x={index * step + 1}
              y={Math.max(0, top)}
              width={step - 2}
              height={size}
            >
              <title>{`${formatMoment(count.at, Date.now())}: ${count[verdict]} ${verdict}`}</title>
            </rect>
          );
        });
      })}
    </svg>
  );
}
