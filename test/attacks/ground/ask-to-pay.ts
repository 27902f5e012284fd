import type { HttpReply } from '@countersign/testkit';
import type { Side, Tweak } from './side.ts';

export const PAYMENT = { to: 'DE00 1234', amount: 1200, currency: 'EUR' };

export function pay(side: Side, args: object = PAYMENT, tweak?: Tweak): Promise<HttpReply> {
  return side.call('pay', args, tweak);
}

/** Makes a call that needs a person, and returns the id of the approval that was asked for. */
export async function askToPay(side: Side, args: object = PAYMENT): Promise<string> {
  return readAsked(await pay(side, args));
}

export function readAsked(reply: HttpReply): string {
  const { result } = reply.json as { result?: { _meta?: { [name: string]: { approval?: string } } } };
  const approval = result?._meta?.['countersign/approval']?.approval;
  if (approval === undefined) throw new Error(`nobody was asked: ${reply.status} ${reply.body}`);
  return approval;
}

/** True when the caller was told to wait for a person, and nothing more. */
export function isPending(reply: HttpReply): boolean {
  return reply.body.includes('PENDING apr_');
}

/** Opens the link that the naive gateway mails to whoever approves, which is all it takes. */
export async function followNaiveLink(side: Side, reply: HttpReply): Promise<void> {
  const { pending } = reply.json as { pending: string };
  await fetch(new URL(pending, side.url));
}
