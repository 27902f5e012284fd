import { Client } from '@modelcontextprotocol/client';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connectClient } from '../scenarios/ground/connect-client.ts';
import { eventually } from './ground/eventually.ts';
import { joinWithBrowser } from './ground/join-with-browser.ts';
import { openBrowser } from './ground/open-browser.ts';
import { openVisitor, type Visitor } from './ground/open-visitor.ts';
import { PAYMENT } from './ground/payments-tools.ts';
import { readApproval } from './ground/start-house.ts';
import { everyRole, expectCalm, useStage } from './ground/use-stage.ts';

/** Two people of the same role, never fewer. */
const TWO_MUST_AGREE = `
@id("use-payments")
permit (principal, action, resource);

@id("two-must-agree")
@stepUp("approvers=role:approver; quorum=2; method=passkey; within=10m")
forbid (principal, action in Countersign::Action::"effect:spend", resource);
`;

const stage = useStage();
const people: Visitor[] = [];
let ownerId: string;
let closeSecond: () => Promise<void> = async () => {};

beforeAll(async () => {
  const { house, url } = stage();
  const activated = await house.gateway.activatePolicy(TWO_MUST_AGREE);
  expect(activated.status, activated.body).toBeLessThan(300);
  const owner = await stage().join('Owner', everyRole);
  ownerId = await owner.page.evaluate(async () => (await (await fetch('/v1/people/me')).json()).id);
  // A browser of their own: two people never share a session or an authenticator.
  const second = await openBrowser();
  closeSecond = () => second.close();
  const colleague = await openVisitor(second.context, url);
  await joinWithBrowser(colleague.page, await house.invite('Colleague', ['approver']));
  people.push(owner, colleague);
}, 180_000);

afterAll(() => closeSecond());

async function approveAt(page: Page, link: string): Promise<void> {
  await page.goto(link);
  const button = page.getByRole('button', { name: /^Approve/ });
  await eventually(() => button.getAttribute('aria-disabled')).toBe('false');
  await button.click();
  await page.getByText('You have approved.').waitFor();
}

const paid = () => stage().house.upstream.journal.calls('send_payment').length;
const linkOf = (approval: string) => `${stage().url}/approvals/${approval}`;

describe('approval.quorum-of-two', () => {
  it('lets a call that was asked for ahead happen once both have signed it, each with their own passkey', async () => {
    const { house } = stage();
    const { agent } = house.agent;
    const payment = { ...PAYMENT, reference: 'AHEAD-1' };
    const details = { type: 'mcp_tool_call', upstream: 'payments', tool: 'send_payment', arguments: payment };
    const asked = await agent.requestToken({
      endpoint: '/oauth/backchannel',
      form: {
        login_hint: ownerId,
        authorization_details: JSON.stringify([{ ...details, delegation: house.agent.delegation }]),
      },
    });
    expect(asked.status, asked.body).toBe(200);
    const { auth_req_id, approval_uri } = asked.json as { auth_req_id: string; approval_uri: string };
    const grant_type = 'urn:openid:params:grant-type:ciba';
    const fetchToken = () => agent.requestToken({ form: { grant_type, auth_req_id } });
    const [first, second] = people;
    if (first === undefined || second === undefined) throw new Error('two people are needed');
    await approveAt(first.page, approval_uri);
    expect((await fetchToken()).body).toContain('authorization_pending');
    await approveAt(second.page, approval_uri);
    house.gateway.advance(10_000);
    const given = await fetchToken();
    expect(given.status, given.body).toBe(200);
    const { access_token: token } = given.json as { access_token: string };
    expect(paid()).toBe(0);
    const call = () => house.callWith(token, 'send_payment', payment);
    expect((await call()).body).toContain('send_payment: done');
    expect((await call()).body).toContain('token.call_used');
    expect(paid()).toBe(1);
    // The same call as before, without the token that was asked for, needs people again.
    expect(readApproval(await house.call('send_payment', payment))).toMatch(/^apr_/);
    expect(paid()).toBe(1);
  });

  it('holds a call until its client would give up, and lets the same call through once both have signed it', async () => {
    const { house, url } = stage();
    const { client } = await connectClient(house.gateway, `${url}/mcp/payments`);
    expect(client).toBeInstanceOf(Client);
    const before = paid();
    const payment = { ...PAYMENT, reference: 'HELD-1' };
    const heard: string[] = [];
    const call = () =>
      client.callTool(
        { name: 'send_payment', arguments: payment },
        { onprogress: ({ message = '' }) => void heard.push(message) },
      );
    // Its own limit is 60 seconds; nobody decides in that time, and it gets an answer all the same.
    const [told] = (await call()).content as readonly { readonly text?: string }[];
    expect(told?.text).toContain('PENDING apr_');
    expect(heard.length).toBeGreaterThanOrEqual(8);
    expect(heard.every((message) => message.startsWith('waiting for the approver'))).toBe(true);
    const approval = /apr_[0-9A-Z]{26}/.exec(told?.text ?? '')?.[0] ?? '';
    for (const { page } of people) await approveAt(page, linkOf(approval));
    expect(paid()).toBe(before);
    const [done] = (await call()).content as readonly { readonly text?: string }[];
    expect(done?.text).toBe('send_payment: done');
    expect(paid()).toBe(before + 1);
    const third = client.callTool({ name: 'send_payment', arguments: payment });
    const [again] = (await third).content as readonly { readonly text?: string }[];
    expect(again?.text).toContain('PENDING apr_');
    expect(again?.text).not.toContain(approval);
    expect(paid()).toBe(before + 1);
    await client.close();
    for (const visitor of people) expectCalm(visitor);
  }, 150_000);
});
