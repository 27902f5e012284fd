import { requireUpstreamUrl } from '../../../outbound/address-guard.ts';
import type { Lookup } from '../../../outbound/guarded-connector.ts';
import { describeFailure, postBounded } from '../../../outbound/post-bounded.ts';
import type { ApprovalChannel, Delivery, Outcome } from '../approval-channel.ts';
import { readWebhookKey, signWebhook } from './sign-webhook.ts';

export interface WebhookParts {
  readonly name: string;
  readonly url: string;
  readonly allowPrivate: boolean;
  readonly certificateAuthority?: string;
  /** Secrets of Standard Webhooks, the one in force first; read for each delivery, so that a change bites at once. */
  readSecrets(): Promise<readonly string[]>;
  /** Where the events come from: the public URL. */
  readonly source: string;
  readonly lookup?: Lookup;
}

/**
 * Posts a CloudEvent (1.0.2, JSON, structured) for every change, signed as Standard Webhooks say. `webhook-id` and the
 * event's `id` are the same for each attempt. What the receiver answers is not read.
 */
export function createWebhookChannel(parts: WebhookParts): ApprovalChannel {
  const url = requireUpstreamUrl(parts.url, parts.allowPrivate);
  return {
    ...{ name: parts.name, kind: 'webhook', reach: 'place', addresses: 'none', shows: 'every-change' },
    readAddress: () => undefined,
    deliver: (delivery) => deliver(parts, url, delivery),
    async close() {},
  };
}

async function deliver(parts: WebhookParts, url: URL, delivery: Delivery): Promise<Outcome> {
  const { id, at, signal } = delivery;
  const { allowPrivate, certificateAuthority, lookup } = parts;
  try {
    const keys = (await parts.readSecrets()).map(readWebhookKey);
    const known = keys.filter((key) => key !== undefined);
    if (known.length === 0 || known.length < keys.length)
      return { outcome: 'failed', why: 'its secret is none' };
    const body = JSON.stringify(describeEvent(parts.source, delivery));
    const { status, retryAfterMilliseconds } = await postBounded({
      ...{ url, body, allowPrivate, signal },
      headers: {
        'content-type': 'application/cloudevents+json; charset=utf-8',
        ...signWebhook({ id, at, body }, known),
      },
      ...(certificateAuthority === undefined ? {} : { certificateAuthority }),
      ...(lookup === undefined ? {} : { lookup }),
    });
    if (status >= 200 && status < 300) return { outcome: 'delivered', handle: id };
    const why = `the answer was ${status}`;
    // It is gone for good, or wants us elsewhere; everything else a repaired receiver may take.
    if (status === 410 || (status >= 300 && status < 400)) return { outcome: 'refused', why };
    return {
      ...{ outcome: 'failed', why },
      ...(retryAfterMilliseconds === undefined ? {} : { retryAfterMilliseconds }),
    };
  } catch (thrown) {
    const { why, isFinal } = describeFailure(thrown);
    return { outcome: isFinal ? 'refused' : 'failed', why };
  }
}

function describeEvent(source: string, { id, at, card }: Delivery) {
  return {
    specversion: '1.0',
    id,
    source,
    type: `countersign.${card.about}.${card.news}`,
    subject: card.approvalId ?? card.id,
    time: new Date(at).toISOString(),
    datacontenttype: 'application/json',
    data: {
      card: card.id,
      approval: card.approvalId,
      sentence: card.sentence,
      status: card.status,
      state: card.state,
      final: card.isFinal,
      link: card.link,
      deadline: card.deadline === null ? null : new Date(card.deadline).toISOString(),
      matchCode: card.matchCode,
    },
  };
}
