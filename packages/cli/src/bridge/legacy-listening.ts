import type { JsonObject } from '@countersign/core';
import { pause } from '../pause.ts';
import type { ClientLine } from './client-line.ts';
import type { GatewayLink } from './gateway-link.ts';
import { readObject } from './json-rpc.ts';
import { type LegacyClient, toLegacyMessage, toModernParams } from './translate-legacy.ts';

const reconnectMilliseconds = 5_000;

/** Keeps one `subscriptions/listen` open for a legacy client, which expects notifications unasked. */
export class LegacyListening {
  readonly #link: GatewayLink;
  readonly #line: ClientLine;
  readonly #ended: AbortSignal;
  readonly #resources = new Set<string>();
  #lists: JsonObject = {};
  #current = new AbortController();
  #count = 0;

  constructor(link: GatewayLink, line: ClientLine, ended: AbortSignal) {
    this.#link = link;
    this.#line = line;
    this.#ended = ended;
  }

  /** Begins with whatever the server says it notifies of. */
  start(client: LegacyClient, serverCapabilities: JsonObject): void {
    const lists = ['tools', 'prompts', 'resources'].filter(
      (name) => readObject(serverCapabilities[name]).listChanged === true,
    );
    this.#lists = Object.fromEntries(lists.map((name) => [`${name}ListChanged`, true]));
    this.#restart(client);
  }

  change(client: LegacyClient, method: string, uri: string): void {
    if (method === 'resources/subscribe') this.#resources.add(uri);
    else this.#resources.delete(uri);
    this.#restart(client);
  }

  #restart(client: LegacyClient): void {
    this.#current.abort();
    this.#current = new AbortController();
    const resources = [...this.#resources];
    const filter = { ...this.#lists, ...(resources.length > 0 ? { resourceSubscriptions: resources } : {}) };
    if (Object.keys(filter).length === 0) return;
    const signal = AbortSignal.any([this.#current.signal, this.#ended]);
    this.#follow(toModernParams({ notifications: filter }, client), signal).catch(() => {});
  }

  async #follow(params: JsonObject, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const { error } = await this.#link.send({
        id: `listen-${++this.#count}`,
        method: 'subscriptions/listen',
        params,
        signal,
        onNotification: (message) => {
          if (message.method !== 'notifications/subscriptions/acknowledged')
            this.#line.notify(toLegacyMessage(message));
        },
      });
      // Refused: asking again would change nothing.
      if (error !== undefined && readObject(error).code !== -32_603) return;
      await pause(reconnectMilliseconds, signal);
    }
  }
}
