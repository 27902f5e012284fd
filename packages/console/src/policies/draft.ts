import type { PolicyFile } from './bundle.ts';

/** What somebody is writing, and the version in force when they began. */
export interface Draft {
  readonly base: string;
  readonly files: readonly PolicyFile[];
}

const key = 'countersign.policy-draft';

/** Kept for this tab alone, so that a reload or a new sign-in loses nothing. */
export function readDraft(storage: Pick<Storage, 'getItem'>): Draft | undefined {
  try {
    const draft: unknown = JSON.parse(storage.getItem(key) ?? 'null');
    return isDraft(draft) ? draft : undefined;
  } catch {
    return undefined;
  }
}

/** False when it could not be kept: the storage may be full or forbidden. */
export function keepDraft(storage: Pick<Storage, 'setItem'>, draft: Draft): boolean {
  try {
    storage.setItem(key, JSON.stringify(draft));
    return true;
  } catch {
    return false;
  }
}

export function forgetDraft(storage: Pick<Storage, 'removeItem'>): void {
  storage.removeItem(key);
}

export const writeText = (draft: Draft, name: string, text: string): Draft => ({
  ...draft,
  files: draft.files.map((file) => (file.name === name ? { name, text } : file)),
});

export const isSameText = (one: readonly PolicyFile[], other: readonly PolicyFile[]): boolean =>
  one.length === other.length &&
  one.every(({ name, text }) => other.some((file) => file.name === name && file.text === text));

function isDraft(value: unknown): value is Draft {
  if (typeof value !== 'object' || value === null || !('base' in value) || !('files' in value)) return false;
  return typeof value.base === 'string' && Array.isArray(value.files) && value.files.every(isFile);
}

function isFile(value: unknown): value is PolicyFile {
  return (
    typeof value === 'object' &&
    value !== null &&
    'name' in value &&
    'text' in value &&
    typeof value.name === 'string' &&
    typeof value.text === 'string'
  );
}
