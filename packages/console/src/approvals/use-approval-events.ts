import { useQueryClient } from '@tanstack/react-query';
import { useRef } from 'react';
import { meQuery } from '../people/person.ts';
import { useMe } from '../people/use-me.ts';
import { useEvents } from '../wire/use-events.ts';

const gatherMilliseconds = 200;

/** Keeps every list of approvals true while the page can be seen. Mounted once, by the frame. */
export function useApprovalEvents(): void {
  const client = useQueryClient();
  const { may } = useMe();
  const timer = useRef<number | undefined>(undefined);
  // The stream names only what changed: what it is now is read with the usual permission, once for a burst.
  const refresh = () => {
    if (timer.current !== undefined) return;
    timer.current = window.setTimeout(() => {
      timer.current = undefined;
      void client.invalidateQueries({ queryKey: ['approvals'] });
    }, gatherMilliseconds);
  };
  useEvents('/v1/approvals/stream', 'approval', may('approvals.read'), {
    onOpen: refresh,
    onEvent: refresh,
    onRefused: () => void client.invalidateQueries(meQuery),
  });
}
