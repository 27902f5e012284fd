import { AppError } from '@countersign/api';
import { isId } from '@countersign/core';
import type { Hono } from 'hono';
import type { Context } from '../../context.ts';
import { createRoutes, findVisitor, type HttpEnv, type PageAssets, pagePolicy } from '../../http/index.ts';
import { renderReturnPage } from '../../http/render-page.ts';
import type { Actor } from '../../people/index.ts';
import { hasPermission } from '../../people/index.ts';
import { listOwnChecks } from '../checks/index.ts';
import type { ViewedApproval } from '../get-approval.ts';
import { getApproval } from '../get-approval.ts';
import { findEligible } from '../routing/index.ts';
import { mountGroupPage } from './group/routes.ts';
import { type PageView, renderApproval } from './render-approval.ts';
import { renderOwnChecks } from './render-own-checks.ts';

/** GET /approvals/:id and /approvals/checks; mounted at the root. Looking changes nothing, however often a mail scanner does it. */
export function approvalPages(context: Context, assets: PageAssets): Hono<HttpEnv> {
  const app = createRoutes();
  mountGroupPage(app, context, assets);
  app.get('/approvals/checks', async (c) => {
    c.header('content-security-policy', pagePolicy);
    const visitor = await findVisitor(c, context);
    if (visitor?.kind !== 'person') return c.redirect('/sign-in?return=%2Fapprovals%2Fchecks', 303);
    const checks = await listOwnChecks(context, visitor.person);
    return c.html(renderOwnChecks(checks, context.config.approvals.seededChecks, assets));
  });
  app.get('/approvals/:id', async (c) => {
    const id = c.req.param('id');
    if (!isId('apr', id)) throw new AppError('approval.not_found');
    c.header('content-security-policy', pagePolicy);
    const visitor = await findVisitor(c, context);
    if (visitor === undefined) {
      const path = `/approvals/${id}`;
      if (c.req.header('sec-fetch-site') === 'cross-site') return c.html(renderReturnPage(path, assets));
      return c.redirect(`/sign-in?return=${encodeURIComponent(path)}`, 303);
    }
    const viewed = await getApproval(context, visitor, id);
    return c.html(renderApproval(await lookAround(context, visitor, viewed), assets));
  });
  return app;
}

async function lookAround(context: Context, visitor: Actor, viewed: ViewedApproval): Promise<PageView> {
  const { approval } = viewed;
  const now = context.platform.now();
  const { requirement, ownerId, votes } = approval;
  const asking = { requirement, ownerId, requesterId: approval.presented.requesterId, at: now, votes };
  const elapsedSeconds = (now - approval.requestedAt) / 1000;
  return {
    ...viewed,
    now,
    deciders:
      approval.state === 'requested' ? await findEligible(context, { ...asking, elapsedSeconds }) : [],
    mayStop: visitor.kind === 'person' && hasPermission(visitor, 'signals.stop'),
  };
}
