import { parseQuery } from '@countersign/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { Link, Outlet, useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { Command } from '../shown/command.tsx';
import { Empty } from '../shown/empty.tsx';
import { LiveDot } from '../shown/live-dot.tsx';
import { Refusal } from '../shown/refusal.tsx';
import { SearchBox } from '../shown/search-box.tsx';
import type { Page } from '../wire/page.ts';
import { getJson } from '../wire/request.ts';
import { DownloadFound } from './download-found.tsx';
import type { LedgerRecord } from './record.ts';
import { RecordTable } from './record-table.tsx';
import { SavedQueries } from './saved-queries.tsx';
import { useLedgerTail } from './use-ledger-tail.ts';

/** Every record as it becomes durable, or those that name what is searched for. */
export function LedgerPage() {
  const { q = '', follow } = useSearch({ from: '/ledger' });
  const { recordId } = useParams({ strict: false });
  const navigate = useNavigate();
  return (
    <div className={recordId === undefined ? 'page' : 'page with-panel'}>
      <title>Ledger · Countersign</title>
      <div className="list">
        <header className="page-header">
          <h1>Ledger</h1>
          <SearchBox
            label="Any id, name, value, or field:value; -not, OR"
            value={q}
            onSearch={(text) => navigate(findPlace(text))}
          />
        </header>
        {q === '' && <SavedQueries />}
        {q === '' ? (
          <Tail isFollowing={follow === undefined} open={recordId} />
        ) : (
          <Found text={q} open={recordId} />
        )}
      </div>
      <Outlet />
    </div>
  );
}

function Tail({ isFollowing, open }: { readonly isFollowing: boolean; readonly open: string | undefined }) {
  const tail = useLedgerTail(isFollowing);
  return (
    <>
      <p className="line">
        <LiveDot isLive={tail.isLive} />
        {isFollowing ? (
          <Link to="." search={(now) => ({ ...now, follow: 'no' as const })}>
            pause
          </Link>
        ) : (
          <Link to="." search={({ follow: _, ...now }) => now}>
            follow
          </Link>
        )}
      </p>
      {tail.error && <Refusal error={tail.error} />}
      <RecordTable records={tail.records} open={open} />
      <Command text="countersign ledger tail" />
      <p className="line">
        <a href="/evidence">Evidence for frameworks</a>
        <a href="/bundle-viewer.html">Read a bundle of evidence</a>
      </p>
    </>
  );
}

function Found({ text, open }: { readonly text: string; readonly open: string | undefined }) {
  const parsed = parseQuery(text);
  if ('flaw' in parsed) {
    const { at, expected } = parsed.flaw;
    return (
      <Empty command="countersign ledger search --help">
        At character {at + 1}: expected {expected}.
      </Empty>
    );
  }
  return <Results text={text} open={open} />;
}

function Results({ text, open }: { readonly text: string; readonly open: string | undefined }) {
  const query = useInfiniteQuery({
    queryKey: ['found', text],
    queryFn: ({ pageParam, signal }) =>
      getJson<Page<LedgerRecord>>('/v1/ledger', { q: text, cursor: pageParam, limit: 100 }, signal),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => last.next ?? undefined,
  });
  const records = query.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <>
      {query.error && <Refusal error={query.error} />}
      {query.isSuccess && records.length === 0 && !query.hasNextPage && <Empty>No record matches.</Empty>}
      <RecordTable records={records} open={open} />
      {query.hasNextPage && (
        <button type="button" disabled={query.isFetching} onClick={() => query.fetchNextPage()}>
          Older
        </button>
      )}
      <DownloadFound text={text} />
      <Command text={`countersign ledger search ${quoteForShell(text)}`} />
    </>
  );
}

/** A record that is named is shown at once, and everything else searched for. */
function findPlace(text: string) {
  const word = text.trim();
  if (/^rec_[0-9A-Za-z]{1,64}$/.test(word))
    return { to: '/ledger/$recordId', params: { recordId: word }, search: { q: word } } as const;
  return { to: '/ledger', search: word === '' ? {} : { q: word } } as const;
}

function quoteForShell(text: string): string {
  return /^[\w./:@-]+$/.test(text) && !text.startsWith('-') ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
