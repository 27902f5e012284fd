import { gzipSync } from 'node:zlib';
import { createManualClock } from '@countersign/testkit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openTestHouse, type TestHouse, type TestPerson } from '../../people/open-test-house.ts';
import { openTestStore, type TestStore } from '../../plugins/database/open-test-store.ts';
import { makeApprovalInput, type TestCall } from '../make-approval-input.ts';

const clock = createManualClock();
let test: TestStore;
let house: TestHouse;
let approver: TestPerson;

beforeEach(async () => {
  test = await openTestStore();
  house = await openTestHouse({ store: test.store, now: clock.now, fetch });
  approver = await house.addPerson(['approver']);
});

afterEach(async () => {
  await house.close();
  await test.remove();
});

const ask = (call: Partial<TestCall> = {}) =>
  house.context.approvals.request(
    makeApprovalInput(house.context.platform, { ownerId: approver.id, ...call }),
  );

async function open(call: Partial<TestCall> = {}, person = approver) {
  const approval = await ask(call);
  const response = await house.fetch(`/approvals/${approval.id}`, { headers: { cookie: person.cookie } });
  return { approval, response, page: await response.text() };
}

const text = (page: string) => page.replace(/<[^>]+>/g, '').replace(/\s+/g, ' ');

/** What an agent may really want: a refund with the mail that goes with it. */
const largeRequest = {
  ...{ amount: 124_000, currency: 'EUR', to: 'card_4421' },
  cc: Array.from({ length: 20 }, (_, n) => `person-${n}@customer-${n}.example`),
  subject: 'Your refund',
  body: Array.from({ length: 80 }, (_, n) => `Line ${n}: what we have found about order ${n * 7_919}.`).join(
    '\n',
  ),
  sql: "UPDATE orders SET state = 'refunded' WHERE id IN (SELECT id FROM refunds) AND total > 1240;",
  metadata: { items: Array.from({ length: 60 }, (_, n) => ({ sku: `SKU-${n * 31}`, price: n * 199 })) },
};

describe('the approval page', () => {
  it('shows the words that somebody vouched for, with the values of the call, and proves whose they are', async () => {
    const { page } = await open({
      sentence: 'Refund {/amount} to {/to}[ because of {/reason}] in {upstream}',
    });
    const said = text(page);
    expect(said).toContain('refund-bot wants to refund EUR 1,240.00 to “card_4421” in payments');
    expect(said).toContain('Refund {/amount} to {/to}[ because of {/reason}] in {upstream}');
    expect(page.indexOf('How it got here')).toBeGreaterThan(page.indexOf('id="arguments"'));
    expect(said).toContain('tier 2 of 3');
  });

  it('lets no value pass for words', async () => {
    const { page } = await open({
      sentence: 'Refund {/amount} to {/to}',
      arguments: { amount: 1, currency: 'EUR', to: 'my own card” and nothing else. Approved by “Ada' },
    });
    expect(page).toContain('<b><bdi>&quot;my own card” and nothing else. Approved by “Ada&quot;</bdi></b>');
  });

  it('says who wants what, for whom, how long there is and what happens otherwise', async () => {
    const { page, approval } = await open();
    const said = text(page);
    expect(said).toContain(
      'refund-bot wants to call payments/refund for EUR 1,240.00 (124000 minor units): to “card_4421”',
    );
    expect(said).toContain('needs 1 person, 0 so far');
    expect(said).toContain('10:00 left, then denied');
    expect(said).toContain('spends money · data domain customers · Countersign cannot undo it');
    expect(said).toContain('First call of this tool by this agent in 30 days');
    expect(said).toContain('Arguments (3)');
    expect(said).toContain(approval.actionDigest);
    expect(said).toContain(`Match code on the agent's screen: ${approval.matchCode}`);
    expect(page.indexOf('id="deny"')).toBeLessThan(page.indexOf('id="approve"'));
  });

  it('weighs at most 25 kB with all it loads', async () => {
    const { page } = await open({
      sentence: 'Refund {/amount} to {/to}',
      prompt: 'Answer the ticket of this customer. '.repeat(20),
      arguments: largeRequest,
    });
    const addresses = [...page.matchAll(/(?:src|href)="(\/pages\/[^"]+)"/g)].map((found) => found[1] ?? '');
    expect(addresses).toHaveLength(5);
    const files = await Promise.all(addresses.map(async (path) => (await house.fetch(path)).bytes()));
    const bytes = [Buffer.from(page), ...files].reduce((sum, body) => sum + gzipSync(body).length, 0);
    expect(bytes).toBeLessThan(25_000);
  });

  it('loads nothing from elsewhere and holds no inline script or style', async () => {
    const { page, response } = await open();
    expect(page).not.toMatch(/<script(?![^>]*\ssrc="\/pages\/)|<style|\sstyle=|\son[a-z]+=|https?:\/\//);
    const policy = response.headers.get('content-security-policy');
    expect(policy).toContain("default-src 'none'");
    expect(policy).not.toContain('unsafe');
    expect(response.headers.get('referrer-policy')).toBe('no-referrer');
    expect(response.headers.get('cache-control')).toBe('no-store');
  });

  it("shows the agent's words as words and hides nothing in them", async () => {
    const { page } = await open({
      arguments: { note: '</dd><script>alert(1)</script>', to: 'a\u202eb\u200bc', '\u200b': 'p\u0430ypal' },
      prompt: '<img src=x onerror=alert(1)>',
    });
    expect(page).not.toContain('<script>alert');
    expect(page).not.toContain('<img');
    expect(page).not.toMatch(/[\u202e\u200b]/);
    const said = text(page);
    for (const shown of ['U+202E', 'U+200B', 'mixed script', '&lt;/dd&gt;&lt;script&gt;'])
      expect(said).toContain(shown);
    expect(said).toContain('! 4 hidden or misleading characters in the arguments');
  });

  it('folds a long value behind its length and keeps all of it', async () => {
    const body = 'x'.repeat(1_000);
    const { page } = await open({ arguments: { body, list: Array.from({ length: 60 }, (_, n) => n) } });
    expect(text(page)).toContain('400 more characters');
    expect(text(page)).toContain('20 more entries');
    expect(page).toContain('x'.repeat(400));
    expect(page.match(/<details class="rest">/g)?.length).toBeGreaterThanOrEqual(2);
  });

  it('offers only what the person may do', async () => {
    const barred = await open({ requirement: { excluded: ['owner'] } });
    expect(barred.page).toContain('separation of duties');
    expect(barred.page).not.toContain('id="approve"');
    const auditor = await house.addPerson(['auditor']);
    const watched = await open({}, auditor);
    expect(watched.page).not.toMatch(/id="(approve|deny)"/);
    const nobody = await house.addPerson([]);
    expect((await open({}, nobody)).response.status).toBe(403);
  });

  it('shows the end of a request instead of controls', async () => {
    const approval = await ask();
    clock.advance(600_000);
    const { cookie } = approver;
    const page = await (await house.fetch(`/approvals/${approval.id}`, { headers: { cookie } })).text();
    expect(page).toContain('Denied: nobody decided in time');
    expect(page).not.toContain('id="approve"');
  });

  it('changes nothing by being looked at', async () => {
    const { approval } = await open();
    for (const method of ['GET', 'HEAD']) {
      for (const step of ['', '/approve', '/deny', '/challenge']) {
        const path = `/v1/approvals/${approval.id}${step}`;
        await house.fetch(path, { method, headers: { cookie: approver.cookie } });
      }
    }
    expect(house.context.approvals.find(approval.id)?.state).toBe('requested');
    expect(await house.kinds()).toEqual(['approval.requested']);
  });
});

describe('an unknown visitor', () => {
  it('is sent to sign in and back', async () => {
    const { id } = await ask();
    const response = await house.fetch(`/approvals/${id}`);
    expect([response.status, response.headers.get('location')]).toEqual([
      303,
      `/sign-in?return=%2Fapprovals%2F${id}`,
    ]);
    const page = await (await house.fetch(response.headers.get('location') ?? '')).text();
    expect(page).toContain(`data-return="/approvals/${id}"`);
  });

  it('who follows a link from a mail comes back once, so that the cookie comes along', async () => {
    const { id } = await ask();
    const response = await house.fetch(`/approvals/${id}`, { headers: { 'sec-fetch-site': 'cross-site' } });
    expect(response.status).toBe(200);
    expect(await response.text()).toContain(`content="0; url=/approvals/${id}"`);
  });

  it('learns nothing from an id that is none', async () => {
    const headers = { accept: 'text/html', cookie: approver.cookie };
    for (const id of ['apr_1', 'apr_01KDVE7KY019VB0XXJC4PFKBJT', '..%2fx', '%00']) {
      const response = await house.fetch(`/approvals/${id}`, { headers });
      expect([400, 404]).toContain(response.status);
      expect(response.headers.get('content-type')).toContain('text/html');
    }
  });
});
