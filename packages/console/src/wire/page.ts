/** A list as the control plane gives it; `next` is the cursor of the next page. */
export interface Page<T> {
  readonly items: readonly T[];
  readonly next: string | null;
}

/** How many there are as far as a page can tell: `50+` when it goes on. */
export function countPage({ items, next }: Page<unknown>): string {
  return next === null ? String(items.length) : `${items.length}+`;
}
