import { watch } from 'node:fs';

export interface FolderWatch {
  readonly folder: string;
  /** Runs after changes have settled, never twice at once. */
  onChange(): Promise<void>;
  onError(error: unknown): void;
}

const settleMilliseconds = 200;

/** Watches a folder's own files. Returns how to stop; does not keep the process alive. */
export function watchFolder({ folder, onChange, onError }: FolderWatch): () => void {
  let timer: NodeJS.Timeout | undefined;
  let running = Promise.resolve();
  const schedule = (): void => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      running = running.then(onChange).catch(onError);
    }, settleMilliseconds);
    timer.unref();
  };
  const watcher = watch(folder, { persistent: false }, schedule);
  watcher.on('error', onError);
  return () => {
    clearTimeout(timer);
    watcher.close();
  };
}
