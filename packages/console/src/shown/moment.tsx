import { useNow } from './use-now.ts';

/** A time today as a time, else with its day. */
export function Moment({ at }: { readonly at: number }) {
  const time = new Date(at);
  return (
    <time dateTime={time.toISOString()} title={time.toISOString()}>
      {formatMoment(at, Date.now())}
    </time>
  );
}

export function formatMoment(at: number, now: number): string {
  const clock = new Date(at).toLocaleTimeString('en-GB');
  const day = new Date(at).toDateString();
  if (day === new Date(now).toDateString()) return clock;
  return `${new Date(at).toLocaleDateString('en-CA')} ${clock.slice(0, 5)}`;
}

/** How long is left, by this machine's clock; the server's own decides. */
export function Countdown({ until }: { readonly until: number }) {
  const now = useNow();
  const left = Math.max(0, Math.ceil((until - now) / 1000));
  return <span className={left <= 60 ? 'countdown soon' : 'countdown'}>{formatSeconds(left)}</span>;
}

export function formatSeconds(seconds: number): string {
  if (seconds >= 86_400) return `${Math.floor(seconds / 86_400)} d`;
  if (seconds >= 3_600) return `${Math.floor(seconds / 3_600)} h ${Math.floor((seconds % 3_600) / 60)} min`;
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}
