/** `1 record`, `2 records`. */
export function sayCount(count: number, one: string): string {
  return `${count} ${one}${count === 1 ? '' : 's'}`;
}
