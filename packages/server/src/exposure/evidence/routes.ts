import { evidenceForms } from '@countersign/ledger';
import { createRoute, z } from '@hono/zod-openapi';
import type { Context } from '../../context.ts';
import { type createRoutes, describeBody, describeJson, requestActor } from '../../http/index.ts';
import { idSchema } from '../../wire/id-schema.ts';
import { pageSchema } from '../../wire/page.ts';
import {
  evidenceAnswer,
  frameworkAnswer,
  signedEvidenceAnswer,
  signedFormAnswer,
} from './evidence-answer.ts';
import { getEvidence, listEvidence, listEvidenceInput, listFrameworks } from './list-evidence.ts';
import { makeEvidence, makeEvidenceInput } from './make-evidence.ts';
import { renderOscal } from './report/render-oscal.ts';
import { signForm } from './sign-form.ts';

const params = z.object({ id: idSchema('evd') });

/** Everything under /v1/exposure/evidence. */
export function mountEvidence(app: ReturnType<typeof createRoutes>, context: Context): void {
  app.openapi(
    createRoute({
      method: 'get',
      path: '/evidence/frameworks',
      responses: { 200: describeJson(frameworkAnswer, 'Frameworks, their controls and the claims for each') },
    }),
    (c) => c.json({ items: listFrameworks(requestActor(c)) }, 200),
  );
  app.openapi(
    createRoute({
      method: 'post',
      path: '/evidence/reports',
      request: describeBody(makeEvidenceInput),
      responses: {
        201: describeJson(signedEvidenceAnswer, 'What speaks for and against each control, signed'),
      },
    }),
    async (c) => c.json(await makeEvidence(context, requestActor(c), c.req.valid('json')), 201),
  );
  app.openapi(
    createRoute({
      method: 'get',
      path: '/evidence/reports',
      request: { query: listEvidenceInput },
      responses: { 200: describeJson(pageSchema(evidenceAnswer), 'Reports, newest first') },
    }),
    async (c) => c.json(await listEvidence(context, requestActor(c), c.req.valid('query')), 200),
  );
  app.openapi(
    createRoute({
      method: 'get',
      path: '/evidence/reports/{id}',
      request: { params },
      responses: { 200: describeJson(signedEvidenceAnswer, 'A signed report') },
    }),
    async (c) =>
      c.json(await getEvidence(context, requestActor(c), { reportId: c.req.valid('param').id }), 200),
  );
  mountForms(app, context);
}

function mountForms(app: ReturnType<typeof createRoutes>, context: Context): void {
  app.openapi(
    createRoute({
      method: 'get',
      path: '/evidence/reports/{id}/oscal',
      request: { params },
      responses: {
        200: describeJson(
          z.object({ 'assessment-results': z.record(z.string(), z.unknown()) }),
          'The report in the shape of OSCAL assessment results, the signed report within',
        ),
      },
    }),
    async (c) => {
      const signed = await getEvidence(context, requestActor(c), { reportId: c.req.valid('param').id });
      return c.json(renderOscal(signed), 200);
    },
  );
  app.openapi(
    createRoute({
      method: 'get',
      path: '/evidence/reports/{id}/forms/{form}',
      request: { params: params.extend({ form: z.enum(evidenceForms) }) },
      responses: {
        200: describeJson(signedFormAnswer, 'The report in one form, with a signature of the file'),
      },
    }),
    async (c) => {
      const { id: reportId, form } = c.req.valid('param');
      const { file, ...made } = await signForm(context, requestActor(c), { reportId, form });
      return c.json({ ...made, content: Buffer.from(file).toString('base64') }, 200);
    },
  );
}
