import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import type { Hono } from 'hono';
import type { Context } from '../../context.ts';
import { createRoutes, describeJson, type HttpEnv, requestActor } from '../../http/index.ts';
import { idSchema } from '../../wire/id-schema.ts';
import { describeReceiptType } from './describe-receipt-type.ts';
import { getReceipt } from './get-receipt.ts';
import { getReceiptProof } from './get-receipt-proof.ts';
import { createReceiptListPublisher, ttlSeconds } from './publish-receipt-list.ts';

const receiptSchema = z.object({ approvalId: z.string(), receipt: z.string(), issuedAt: z.number() });

const receiptProofSchema = z.object({
  approvalId: z.string(),
  proof: z.string(),
  size: z.number().int(),
  cosigned: z.number().int(),
});

/** GET /{id}/receipt and /{id}/receipt/proof, of the approvals' own routes. */
export function mountReceipt(app: OpenAPIHono<HttpEnv>, context: Context): void {
  app.openapi(
    createRoute({
      method: 'get',
      path: '/{id}/receipt',
      request: { params: z.object({ id: idSchema('apr') }) },
      responses: { 200: describeJson(receiptSchema, 'The signed receipt of the decision (SD-JWT VC)') },
    }),
    async (c) => c.json(await getReceipt(context, requestActor(c), c.req.valid('param').id), 200),
  );
  app.openapi(
    createRoute({
      method: 'get',
      path: '/{id}/receipt/proof',
      request: { params: z.object({ id: idSchema('apr') }) },
      responses: {
        200: describeJson(receiptProofSchema, 'That the decision is in the ledger (C2SP tlog-proof)'),
      },
    }),
    async (c) => c.json(await getReceiptProof(context, requestActor(c), c.req.valid('param').id), 200),
  );
}

const year = 31_536_000;

/** What anybody needs to verify a receipt: the issuer's keys, the type, the status lists. Mounted at the root; names nobody. */
export function createReceiptRoutes(context: Context): Hono<HttpEnv> {
  const app = createRoutes();
  const { issuer, published } = context.receipts;
  const publish = createReceiptListPublisher(context);
  const open = { 'access-control-allow-origin': '*' };
  // SD-JWT VC §5.1: the path of an issuer that has one follows the well-known part; ours is an origin.
  app.get('/.well-known/jwt-vc-issuer', (c) =>
    c.json({ issuer, jwks: { keys: published } }, 200, { ...open, 'cache-control': 'max-age=3600' }),
  );
  app.get('/approvals/receipts/v1', (c) =>
    c.json(describeReceiptType(issuer), 200, { ...open, 'cache-control': `max-age=${year}` }),
  );
  app.get('/approvals/receipts/status/:list', async (c) => {
    // Token Status List §8.4: no list is kept once it has been replaced.
    if (c.req.query('time') !== undefined) return c.body(null, 501);
    const token = await publish(c.req.param('list'));
    const headers = {
      'content-type': 'application/statuslist+jwt',
      'cache-control': `max-age=${ttlSeconds}`,
    };
    return c.body(token, 200, { ...open, ...headers });
  });
  return app;
}
