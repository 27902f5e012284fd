import type { StatusList } from './read-status-list.ts';

/** The status lists that open tasks point to, as last read. */
export interface HeldLists {
  find(uri: string): { readonly held: StatusList | undefined; readonly triedAt: number };
  noteTried(uri: string, at: number): void;
  keepList(uri: string, list: StatusList): void;
  /** Lets go of all but these. */
  keep(uris: ReadonlySet<string>): void;
}

export function createHeldLists(): HeldLists {
  const lists = new Map<string, StatusList>();
  const tried = new Map<string, number>();
  return {
    find: (uri) => ({ held: lists.get(uri), triedAt: tried.get(uri) ?? Number.NEGATIVE_INFINITY }),
    noteTried(uri, at) {
      tried.set(uri, at);
    },
    keepList(uri, list) {
      lists.set(uri, list);
    },
    keep(uris) {
      for (const uri of [...lists.keys(), ...tried.keys()]) {
        if (uris.has(uri)) continue;
        lists.delete(uri);
        tried.delete(uri);
      }
    },
  };
}
