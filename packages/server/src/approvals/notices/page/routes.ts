import { AppError } from '@countersign/api';
import type { Hono } from 'hono';
import type { Context } from '../../../context.ts';
import { createRoutes, findVisitor, type HttpEnv, type PageAssets, pagePolicy } from '../../../http/index.ts';
import { renderReturnPage } from '../../../http/render-page.ts';
import { listDevices } from '../devices/index.ts';
import { renderPhone } from './render-phone.ts';

const path = '/phone';

const icon = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 512 512"><rect width="512" height="512" rx="96" fill="#3346b8"/><path d="M128 264l88 88 168-192" fill="none" stroke="#fff" stroke-width="56" stroke-linecap="round" stroke-linejoin="round"/></svg>`;

const manifest = {
  name: 'Countersign',
  short_name: 'Countersign',
  description: 'Requests of agents that wait for you',
  id: '/phone',
  start_url: '/phone',
  scope: '/',
  display: 'standalone',
  background_color: '#f7f7f8',
  theme_color: '#3346b8',
  icons: [{ src: '/push-icon.svg', sizes: 'any', type: 'image/svg+xml', purpose: 'any' }],
};

/** The page that can be installed, its manifest and its worker; mounted at the root. */
export function phonePages(context: Context, assets: PageAssets): Hono<HttpEnv> {
  const app = createRoutes();
  app.get(path, async (c) => {
    c.header('content-security-policy', pagePolicy);
    const visitor = await findVisitor(c, context);
    if (visitor?.kind !== 'person') {
      if (c.req.header('sec-fetch-site') === 'cross-site') return c.html(renderReturnPage(path, assets));
      return c.redirect(`/sign-in?return=${encodeURIComponent(path)}`, 303);
    }
    const channel = [...context.notices.channels.values()].find(({ kind }) => kind === 'web-push');
    const devices = await listDevices(context.store.sql, visitor.person);
    const address = `${context.config.server.publicUrl}${path}`;
    return c.html(renderPhone({ address, channel: channel?.name, devices }, assets));
  });
  app.get('/manifest.webmanifest', (c) =>
    c.body(JSON.stringify(manifest), 200, {
      'content-type': 'application/manifest+json',
      'cache-control': 'no-cache',
    }),
  );
  app.get('/push-icon.svg', (c) =>
    c.body(icon, 200, { 'content-type': 'image/svg+xml', 'cache-control': 'no-cache' }),
  );
  // At an address that stays: a browser keeps the worker by it, and asks for news of it there.
  app.get('/push-worker.js', (c) => {
    const asset = assets.find(assets.path('push-worker.js'));
    if (asset === undefined) throw new AppError('server.not_found');
    return c.body(asset.body, 200, { 'content-type': asset.contentType, 'cache-control': 'no-cache' });
  });
  return app;
}
