import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import type { Context } from '../../context.ts';
import { describeBody, describeJson, type HttpEnv, requestActor } from '../../http/index.ts';
import type { Challenges } from '../challenges.ts';
import { credentialId, personId } from '../person-input.ts';
import { addPasskeyInput, beginAddPasskey, finishAddPasskey } from './add-passkey.ts';
import { confirmInput, confirmPasskey, removePasskey, renameInput, renamePasskey } from './change-passkey.ts';
import { listPasskeys, passkeyList } from './list-passkeys.ts';

const ofPerson = z.object({ id: personId });
const ofPasskey = z.object({ credential: credentialId });
const ofBoth = ofPerson.extend(ofPasskey.shape);
const done = { 204: { description: 'Done' } };
/** A function: while this folder loads, the one it asks may still be loading. */
const describeList = () => ({ 200: describeJson(passkeyList, 'Passkeys, the oldest first') });

/** The passkeys of the person who asks under `/me`, and of anybody under `/{id}`. */
export function mountPasskeys(app: OpenAPIHono<HttpEnv>, context: Context, challenges: Challenges): void {
  mountOwn(app, context, challenges);
  app.openapi(
    createRoute({
      method: 'get',
      path: '/{id}/passkeys',
      request: { params: ofPerson },
      responses: describeList(),
    }),
    async (c) => c.json(await listPasskeys(context, requestActor(c), c.req.valid('param').id), 200),
  );
  app.openapi(
    createRoute({
      method: 'post',
      path: '/{id}/passkeys/{credential}/confirm',
      request: { params: ofBoth, ...describeBody(confirmInput.pick({ code: true })) },
      responses: done,
    }),
    async (c) => {
      const { id, credential } = c.req.valid('param');
      const { code } = c.req.valid('json');
      await confirmPasskey(context, requestActor(c), { personId: id, credentialId: credential, code });
      return c.body(null, 204);
    },
  );
  app.openapi(
    createRoute({
      method: 'post',
      path: '/{id}/passkeys/{credential}/remove',
      request: { params: ofBoth },
      responses: done,
    }),
    async (c) => {
      const { id, credential } = c.req.valid('param');
      await removePasskey(context, requestActor(c), { personId: id, credentialId: credential });
      return c.body(null, 204);
    },
  );
}

function mountOwn(app: OpenAPIHono<HttpEnv>, context: Context, challenges: Challenges): void {
  app.openapi(createRoute({ method: 'get', path: '/me/passkeys', responses: describeList() }), async (c) =>
    c.json(await listPasskeys(context, requestActor(c)), 200),
  );
  app.openapi(
    createRoute({
      method: 'post',
      path: '/me/passkeys/begin',
      responses: { 200: { description: 'PublicKeyCredentialCreationOptionsJSON of WebAuthn Level 3' } },
    }),
    async (c) => c.json(await beginAddPasskey(context, challenges, requestActor(c))),
  );
  app.openapi(
    createRoute({
      method: 'post',
      path: '/me/passkeys/finish',
      request: describeBody(addPasskeyInput),
      responses: { 201: describeJson(z.object({ id: z.string() }), 'The passkey') },
    }),
    async (c) =>
      c.json(await finishAddPasskey(context, challenges, requestActor(c), c.req.valid('json')), 201),
  );
  app.openapi(
    createRoute({
      method: 'put',
      path: '/me/passkeys/{credential}',
      request: { params: ofPasskey, ...describeBody(renameInput.pick({ label: true })) },
      responses: done,
    }),
    async (c) => {
      const input = { credentialId: c.req.valid('param').credential, ...c.req.valid('json') };
      await renamePasskey(context, requestActor(c), input);
      return c.body(null, 204);
    },
  );
  app.openapi(
    createRoute({
      method: 'post',
      path: '/me/passkeys/{credential}/remove',
      request: { params: ofPasskey },
      responses: done,
    }),
    async (c) => {
      await removePasskey(context, requestActor(c), { credentialId: c.req.valid('param').credential });
      return c.body(null, 204);
    },
  );
}
