import { type FakeSlack, startFakeSlack } from '@countersign/testkit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  contractCard,
  contractDecided,
  makeDelivery,
  testApprovalChannel,
} from '../approval-channel.contract.ts';
import { createSlackChannel } from './create-slack-channel.ts';

const open = (slack: FakeSlack, channel?: string) =>
  createSlackChannel({
    ...{ name: 'slack', apiUrl: slack.apiUrl, readToken: async () => slack.token },
    ...(channel === undefined ? {} : { channel }),
  });
const show = (slack: FakeSlack) => async () =>
  slack.messages.map(({ ts, text, blocks }) => ({ key: ts, text: `${text} ${JSON.stringify(blocks)}` }));

describe('the contract, in one channel', () =>
  testApprovalChannel(async () => {
    const slack = await startFakeSlack();
    return { channel: open(slack, 'C024BE91L'), to: null, show: show(slack), ...slack };
  }));

describe('the contract, to one person', () =>
  testApprovalChannel(async () => {
    const slack = await startFakeSlack();
    const to = { personId: 'per_1', address: 'U024BE7LH' };
    return { channel: open(slack), to, show: show(slack), ...slack };
  }));

describe('a card in Slack', () => {
  let slack: FakeSlack;
  beforeEach(async () => {
    slack = await startFakeSlack();
  });
  afterEach(() => slack.close());
  const deliver = (over: Parameters<typeof makeDelivery>[1] = {}) =>
    open(slack, 'C024BE91L').deliver(makeDelivery(null, over));

  it('has one button, which is a link, and nothing that decides', async () => {
    await deliver();
    const buttons = JSON.stringify(slack.messages[0]?.blocks).match(/"type":"button"/g);
    expect(buttons).toHaveLength(1);
    expect(slack.messages[0]?.blocks).toContainEqual(
      expect.objectContaining({
        elements: [expect.objectContaining({ type: 'button', url: contractCard.link })],
      }),
    );
    expect(JSON.stringify(slack.messages)).not.toContain('"value"');
  });

  it('says the names of others as text: no mention, no link, no markup', async () => {
    const sentence = '<!channel> <https://evil.test|bank> *bold* & <@U1> wants to write (tier 2)';
    await deliver({ card: { ...contractCard, sentence } });
    const [message] = slack.messages;
    expect(message?.text).not.toMatch(/<[!@h]/);
    expect(JSON.stringify(message?.blocks)).not.toContain('mrkdwn');
  });

  it('is shown anew when its message is gone', async () => {
    const first = await deliver();
    if (first.outcome !== 'delivered') throw new Error(first.why);
    slack.forget();
    const later = await deliver({ card: contractDecided, handle: first.handle });
    expect(later.outcome).toBe('delivered');
    expect(slack.messages).toHaveLength(1);
  });

  it('finds its own message after an attempt that was cut off, and changes that one', async () => {
    await deliver();
    await deliver({ card: contractDecided, isRepeat: true, id: 'crd_1.2' });
    expect(slack.messages).toHaveLength(1);
    expect(slack.messages[0]?.text).toContain('Approved by Dana Okoye');
    expect(slack.calls).toContain('conversations.history');
  });

  it.each([
    ['channel_not_found', 'refused'],
    ['user_not_found', 'refused'],
    ['invalid_auth', 'failed'],
    ['internal_error', 'failed'],
    ['<script>', 'failed'],
  ])('takes %s for %s', async (error, outcome) => {
    slack.setError(error);
    const said = await deliver();
    expect(said.outcome).toBe(outcome);
    expect(JSON.stringify(said)).not.toContain('script');
  });

  it('waits as long as Slack asks', async () => {
    slack.setMischief('busy');
    expect(await deliver()).toMatchObject({ outcome: 'failed', retryAfterMilliseconds: 30_000 });
  });
});
