import { useMutation } from '@tanstack/react-query';
import { useMe } from '../people/use-me.ts';
import { Refusal } from '../shown/refusal.tsx';
import { download } from '../wire/download.ts';

const formats = [
  { name: 'CSV', accept: 'text/csv', ending: 'csv' },
  { name: 'JSON lines', accept: 'application/x-ndjson', ending: 'ndjson' },
] as const;

/** Everything that a search finds, as a file; that it was taken is recorded. */
export function DownloadFound({ text }: { readonly text: string }) {
  const { may } = useMe();
  const taking = useMutation({
    mutationFn: ({ accept, ending }: (typeof formats)[number]) =>
      download('/v1/ledger', { q: text }, accept, `countersign-records.${ending}`),
  });
  if (!may('ledger.export')) return null;
  return (
    <>
      <p className="line">
        Download all that is found:
        {formats.map((format) => (
          <button
            key={format.name}
            type="button"
            disabled={taking.isPending}
            onClick={() => taking.mutate(format)}
          >
            {format.name}
          </button>
        ))}
      </p>
      {taking.error && <Refusal error={taking.error} />}
    </>
  );
}
