import { type Mischief, THEIR_WORDS } from '@countersign/testkit';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { ApprovalChannel, Card, Delivery } from './approval-channel.ts';

/** A copy as its reader finds it now. */
export interface ShownCopy {
  /** Equal for copies that the reader sees as one. */
  readonly key: string;
  /** All that is shown, links too. */
  readonly text: string;
}

export interface ChannelSubject {
  readonly channel: ApprovalChannel;
  readonly to: Delivery['to'];
  /** What the reader sees now; later words of one copy last. */
  show(): Promise<readonly ShownCopy[]>;
  /** Absent where the other side is this very server. */
  setMischief?(mischief: Mischief): void;
  close(): Promise<void>;
}

const card: Card = {
  id: 'crd_01K00000000000000000000001',
  about: 'approval',
  sentence: 'refund-bot wants to spend (tier 3)',
  status: 'Waiting for a decision, 1 of 2 have approved',
  state: 'open',
  isFinal: false,
  isUrgent: true,
  link: 'http://localhost:1234/approvals/apr_01K00000000000000000000001',
  deadline: 1_800_000_600_000,
  matchCode: '47',
  approvalId: 'apr_01K00000000000000000000001',
  news: 'asked',
};
const decided: Card = {
  ...card,
  ...{ status: 'Approved by Dana Okoye', state: 'approved', isFinal: true, isUrgent: false },
  ...{ matchCode: null, news: 'decided' },
};

/** Deliveries of one card, for tests of one implementation. */
export function makeDelivery(to: Delivery['to'], over: Partial<Delivery> = {}): Delivery {
  return {
    ...{ id: `${card.id}.1`, card, to, handle: null, isRepeat: false, at: 1_800_000_000_000 },
    signal: AbortSignal.timeout(10_000),
    ...over,
  };
}

export { card as contractCard, decided as contractDecided };

/** What every channel must do. */
export function testApprovalChannel(open: () => Promise<ChannelSubject>): void {
  let subject: ChannelSubject;
  beforeEach(async () => {
    subject = await open();
  });
  afterEach(() => subject.close());
  const deliver = (over: Partial<Delivery> = {}) => subject.channel.deliver(makeDelivery(subject.to, over));
  const texts = async () => (await subject.show()).map(({ text }) => text);

  it('shows what is asked in general, and the page that says it all', async () => {
    expect(await deliver()).toMatchObject({ outcome: 'delivered' });
    const [text = ''] = await texts();
    expect(text).toContain(card.sentence);
    expect(text).toContain(card.status);
    expect(text).toContain('/approvals/apr_01K00000000000000000000001');
  });

  it('brings the copy to the final state, with the name of who decided', async () => {
    const first = await deliver();
    if (first.outcome !== 'delivered') throw new Error(first.why);
    const later = { id: `${card.id}.2`, card: decided, handle: first.handle };
    expect(await deliver(later)).toMatchObject({ outcome: 'delivered' });
    const copies = await subject.show();
    expect(copies.at(-1)?.text).toContain('Approved by Dana Okoye');
    expect(new Set(copies.map(({ key }) => key)).size).toBe(1);
  });

  it('shows the final state of what was never shown', async () => {
    expect(await deliver({ card: decided })).toMatchObject({ outcome: 'delivered' });
    expect((await texts()).join()).toContain('Approved by Dana Okoye');
  });

  it('shows one copy when an attempt that worked is made again', async () => {
    await deliver();
    expect(await deliver({ isRepeat: true })).toMatchObject({ outcome: 'delivered' });
    expect(new Set((await subject.show()).map(({ key }) => key)).size).toBe(1);
  });

  it('takes no address that is two, a header, or another place', () => {
    for (const text of [
      '',
      'a@b.test\r\nBcc: c@d.test',
      'a@b.test, c@d.test',
      '<a@b.test>',
      'javascript:alert(1)',
      'http://169.254.169.254/latest',
      'https://evil.test/push',
      '#general',
      '<!channel>',
    ]) {
      expect(subject.channel.readAddress(text)).toBeUndefined();
    }
  });

  const mischiefs: readonly Mischief[] = [
    ...(['down', 'busy', 'refusing', 'hanging', 'redirecting', 'endless', 'garbled'] as const),
  ];
  it.each(mischiefs)('comes back from a server that is %s, with words of ours', async (mischief) => {
    if (subject.setMischief === undefined) return;
    subject.setMischief(mischief);
    const outcome = await deliver({ signal: AbortSignal.timeout(400) });
    // What tells us no more than its status cannot lie in the rest.
    if (outcome.outcome === 'delivered') expect(['endless', 'garbled']).toContain(mischief);
    expect(JSON.stringify(outcome)).not.toContain(THEIR_WORDS);
    if (mischief === 'down' || mischief === 'hanging') expect(outcome.outcome).toBe('failed');
    subject.setMischief('none');
    expect(await deliver({ isRepeat: true })).toMatchObject({ outcome: 'delivered' });
    expect((await texts()).length).toBeGreaterThan(0);
  });
}
