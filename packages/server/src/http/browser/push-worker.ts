/** What runs in the browser when nobody looks: it shows a card and opens its page, and reads nothing of any page. */

interface Shown {
  readonly tag: string;
  readonly title: string;
  readonly body: string;
  readonly path: string;
  readonly final: boolean;
  readonly urgent: boolean;
}

interface Waiting extends Event {
  waitUntil(work: Promise<unknown>): void;
}

interface PushArrived extends Waiting {
  readonly data: { json(): Shown } | null;
}

interface NotificationPressed extends Waiting {
  readonly notification: Notification;
}

/** The part of `ServiceWorkerGlobalScope` that is used: its library cannot stand beside that of pages. */
interface Worker {
  readonly registration: ServiceWorkerRegistration;
  readonly location: Location;
  readonly clients: { openWindow(url: string): Promise<unknown> };
  addEventListener(type: 'push', listener: (event: PushArrived) => void): void;
  addEventListener(type: 'notificationclick', listener: (event: NotificationPressed) => void): void;
}

const worker = self as unknown as Worker;

worker.addEventListener('push', (event) => {
  const shown = event.data?.json();
  if (shown === undefined) return;
  const { title, body, tag, path, urgent } = shown;
  // The same tag takes the place of what is shown, so that no copy goes on saying that somebody must decide.
  event.waitUntil(worker.registration.showNotification(title, { body, tag, silent: !urgent, data: path }));
});

worker.addEventListener('notificationclick', (event) => {
  event.notification.close();
  const path: unknown = event.notification.data;
  const isPath = typeof path === 'string' && /^\/[A-Za-z0-9_/-]*$/.test(path) && !path.startsWith('//');
  event.waitUntil(worker.clients.openWindow(new URL(isPath ? path : '/', worker.location.origin).href));
});

export {};
