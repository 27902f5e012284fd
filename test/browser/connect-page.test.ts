import { type Issuer, startIssuer, startProtectedUpstream, type Upstream } from '@countersign/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from './ground/eventually.ts';
import { findBarriers, measureOverflow } from './ground/find-barriers.ts';
import type { Visitor } from './ground/open-visitor.ts';
import { everyRole, useStage } from './ground/use-stage.ts';

const stage = useStage();
let issuer: Issuer;
let upstream: Upstream;
let owner: Visitor;

beforeAll(async () => {
  issuer = await startIssuer({ asks: true });
  upstream = await startProtectedUpstream({ issuer });
  await stage().house.gateway.addUpstream('files', {
    url: upstream.url,
    credential: { kind: 'oauth-user', allowPrivate: true, scopes: ['files:read'] },
  });
  owner = await stage().join('Owner', everyRole);
});

afterAll(async () => {
  await upstream?.close();
  await issuer?.close();
});

describe('upstream.connect-page', () => {
  it('says whose account goes where, and is fit for everybody', async () => {
    const { page } = owner;
    await page.goto(`${stage().url}/upstreams/files/connect`);
    const said = await page.locator('main').innerText();
    expect(said).toContain('You are signed in as Owner');
    expect(said).toContain(new URL(issuer.url).host);
    expect(said).toContain('files:read');
    expect(await findBarriers(page)).toEqual([]);
    await page.setViewportSize({ width: 320, height: 640 });
    expect(await measureOverflow(page)).toBe(0);
    await page.setViewportSize({ width: 1280, height: 800 });
    expect(owner.problems).toEqual([]);
  });

  it('goes to the issuer on another site and comes back signed in, connected', async () => {
    const { page } = owner;
    await page.goto(`${stage().url}/upstreams/files/connect`);
    // The issuer is on 127.0.0.1 and we are on localhost: another site, so our strict cookie stays at home on the way back.
    const sites: (string | undefined)[] = [];
    page.on('request', (request) => {
      if (request.url().includes('/upstreams/callback'))
        void request.allHeaders().then((headers) => sites.push(headers['sec-fetch-site']));
    });
    await page.getByRole('button', { name: 'Go to' }).click();
    await page.getByRole('link', { name: 'Allow' }).click();
    await page.getByText('Your account at files is connected').waitFor();
    await eventually(() => sites).toEqual(['cross-site', 'same-origin']);
    expect(owner.problems.filter((one) => !one.includes(issuer.url))).toEqual([]);
    expect(page.url()).not.toContain('access_token');
    const listed = await stage().house.gateway.operator('GET', '/v1/upstreams/files/connections');
    expect(listed.json).toMatchObject({ items: [{ upstream: 'files', issuer: issuer.url }] });
    // Going back to the answer of the issuer connects nothing twice.
    await page.reload();
    await page.getByText('Your account was not connected.').waitFor();
  });
});
