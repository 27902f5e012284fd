import { useEffect, useEffectEvent, useState, useSyncExternalStore } from 'react';

export interface EventHandlers {
  /** Connected, for the first time or again: what happened in between has to be read. */
  readonly onOpen?: () => void;
  /** The server refused the connection for good; nothing comes until it is tried anew. */
  readonly onRefused?: () => void;
  readonly onEvent: (data: string) => void;
}

const retryMilliseconds = 5_000;

/**
 * Listens to a stream of server-sent events while the page can be seen. A browser holds six connections to one server
 * over HTTP/1.1, so tabs in the background must not keep theirs. Returns whether it is connected.
 */
export function useEvents(path: string, event: string, isWanted: boolean, handlers: EventHandlers): boolean {
  const isVisible = useSyncExternalStore(subscribeToVisibility, () => !document.hidden);
  const [isConnected, setConnected] = useState(false);
  const [attempt, setAttempt] = useState(0);
  const onOpen = useEffectEvent(() => handlers.onOpen?.());
  const onRefused = useEffectEvent(() => handlers.onRefused?.());
  const onEvent = useEffectEvent((data: string) => handlers.onEvent(data));
  // biome-ignore lint/correctness/useExhaustiveDependencies: another attempt is a reason to connect again
  useEffect(() => {
    if (!isWanted || !isVisible) return;
    const source = new EventSource(path);
    let timer: number | undefined;
    source.addEventListener('open', () => {
      setConnected(true);
      onOpen();
    });
    source.addEventListener('error', () => {
      setConnected(false);
      if (source.readyState !== EventSource.CLOSED) return;
      onRefused();
      timer = window.setTimeout(() => setAttempt((count) => count + 1), retryMilliseconds);
    });
    source.addEventListener(event, ({ data }) => onEvent(String(data)));
    return () => {
      source.close();
      window.clearTimeout(timer);
      setConnected(false);
    };
  }, [path, event, isWanted, isVisible, attempt]);
  return isConnected;
}

function subscribeToVisibility(onChange: () => void): () => void {
  document.addEventListener('visibilitychange', onChange);
  return () => document.removeEventListener('visibilitychange', onChange);
}
