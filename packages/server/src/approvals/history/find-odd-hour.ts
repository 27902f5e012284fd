const hourMilliseconds = 60 * 60_000;
const dayMilliseconds = 24 * hourMilliseconds;
/** Fewer calls, or calls of fewer days, have no usual hours. */
const fewestCalls = 20;
const fewestDays = 5;

/** Says so when none of the earlier calls was made at this time of day, give or take an hour. */
export function findOddHour(calls: readonly { readonly at: number }[], now: number): string | false {
  const days = new Set(calls.map(({ at }) => Math.floor(at / dayMilliseconds)));
  if (calls.length < fewestCalls || days.size < fewestDays) return false;
  const hour = hourOf(now);
  const near = new Set([hour, (hour + 1) % 24, (hour + 23) % 24]);
  if (calls.some(({ at }) => near.has(hourOf(at)))) return false;
  const clock = new Date(now).toISOString().slice(11, 16);
  return `At ${clock} UTC: none of its last ${calls.length} calls was made within an hour of that time`;
}

function hourOf(at: number): number {
  return Math.floor((at % dayMilliseconds) / hourMilliseconds);
}
