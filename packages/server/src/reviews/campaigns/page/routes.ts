import type { Hono, Context as HttpContext } from 'hono';
import type { Context } from '../../../context.ts';
import { createRoutes, findVisitor, type HttpEnv, type PageAssets, pagePolicy } from '../../../http/index.ts';
import { renderReturnPage } from '../../../http/render-page.ts';
import { type Actor, findDisplayName, requirePermission } from '../../../people/index.ts';
import { catchUp } from '../../use/index.ts';
import { gatherBulk } from '../decide-many.ts';
import { digestFacts } from '../decision-text.ts';
import { readFacts } from '../item-facts.ts';
import { listDue } from '../list-due.ts';
import { findPolicyStanding, readPolicyChange } from '../policy-change.ts';
import { type Decision, findObstacle, loadItem, loadReview } from '../review.ts';
import { getReview } from '../review-view.ts';
import { requireReviewer } from '../reviewers.ts';
import { renderDue } from './render-due.ts';
import { renderItem } from './render-item.ts';
import { renderReview } from './render-review.ts';

/** GET /reviews, /reviews/:id and /reviews/items/:id; mounted at the root. Looking changes nothing. */
export function reviewPages(context: Context, assets: PageAssets): Hono<HttpEnv> {
  const app = createRoutes();
  app.get('/reviews', async (c) => {
    const visitor = await admit(c, context, assets);
    if (visitor instanceof Response) return visitor;
    return c.html(renderDue(await listDue(context, visitor), assets));
  });
  app.get('/reviews/items/:id', async (c) => {
    const visitor = await admit(c, context, assets);
    if (visitor instanceof Response) return visitor;
    const item = await loadItem(context.store.sql, c.req.param('id'));
    const review = await loadReview(context.store.sql, item.review_id);
    await catchUp(context);
    const facts = await readFacts(context, review, item);
    const may = (decision: Decision) =>
      requireReviewer(context.store, context.config, visitor, item, decision).then(
        () => true,
        () => false,
      );
    const [mayDecide, mayRetire] = [await may('shrink'), await may('retire')];
    const obstacle = findObstacle(review, item, context.platform.now());
    const decidedBy = item.decided_by === null ? null : await findDisplayName(context, item.decided_by);
    const shown = { review, item, facts, digest: digestFacts(facts), mayDecide, mayRetire, obstacle };
    const change = readPolicyChange(item);
    const standing = findPolicyStanding(context, item) ?? 'missing';
    const policy = change === null ? null : { change, standing };
    return c.html(renderItem({ ...shown, decidedBy, policy, assets }));
  });
  app.get('/reviews/:id', async (c) => {
    const visitor = await admit(c, context, assets);
    if (visitor instanceof Response) return visitor;
    const review = await getReview(context, visitor, c.req.param('id'));
    await catchUp(context);
    const bulk = review.state === 'open' ? await gatherBulk(context, visitor, review.id) : null;
    return c.html(renderReview({ review, bulk, assets }));
  });
  return app;
}

async function admit(
  c: HttpContext<HttpEnv>,
  context: Context,
  assets: PageAssets,
): Promise<Actor | Response> {
  c.header('content-security-policy', pagePolicy);
  const visitor = await findVisitor(c, context);
  if (visitor !== undefined) {
    requirePermission(visitor, 'reviews.read');
    return visitor;
  }
  const { pathname: path } = new URL(c.req.url);
  if (c.req.header('sec-fetch-site') === 'cross-site') return c.html(renderReturnPage(path, assets));
  return c.redirect(`/sign-in?return=${encodeURIComponent(path)}`, 303);
}
