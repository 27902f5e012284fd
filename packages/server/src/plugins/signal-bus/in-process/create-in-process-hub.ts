import { refusePublishing, requireSmall } from '../refuse-publishing.ts';
import type { BusListener, OpenBus } from '../signal-bus.ts';

/** Joins the gateways of one process: with one of them there is nobody to tell, and telling costs nothing. */
export function createInProcessHub(): { readonly open: OpenBus } {
  const listeners = new Set<BusListener>();
  return {
    open(listener) {
      let isOpen = true;
      queueMicrotask(() => {
        if (!isOpen) return;
        listeners.add(listener);
        listener.joined();
      });
      return {
        kind: 'in-process',
        async publish(message) {
          requireSmall(message);
          if (!isOpen) throw refusePublishing();
          // A copy: who hears it may keep it, and who published it may use its bytes again.
          for (const one of listeners) one.heard(Uint8Array.from(message.bytes));
        },
        async close() {
          isOpen = false;
          listeners.delete(listener);
        },
      };
    },
  };
}
