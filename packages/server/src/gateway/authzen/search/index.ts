import type { JsonObject } from '@countersign/core';
import type { Context } from '../../../context.ts';
import type { Asking } from '../answer-question.ts';
import { readAction, readContext, readEntity, readSought } from '../question.ts';
import { readPage } from './page.ts';
import { searchAgents, searchCalls, searchTools } from './search-agents.ts';
import { searchActions, searchResources, searchSubjects } from './search-declared.ts';

/** AuthZEN 1.0 §8.4: who may do this to that. */
export async function answerSubjectSearch(
  context: Context,
  { asker }: Asking,
  body: JsonObject,
): Promise<object> {
  const subject = readSought(body, 'subject');
  const resource = readEntity(body, 'resource');
  const asked = { subject, resource, action: readAction(body), context: readContext(body) };
  const isAboutAgents = subject.type === 'agent' && resource.type === 'tool';
  const page = readPage(body);
  return isAboutAgents
    ? searchAgents(context, asker, asked, page)
    : searchSubjects(context, asker, asked, page);
}

/** §8.5: to what this one may do that. */
export async function answerResourceSearch(
  context: Context,
  { asker }: Asking,
  body: JsonObject,
): Promise<object> {
  const subject = readEntity(body, 'subject');
  const resource = readSought(body, 'resource');
  const asked = { subject, resource, action: readAction(body), context: readContext(body) };
  const isAboutAgents = subject.type === 'agent' && resource.type === 'tool';
  const page = readPage(body);
  return isAboutAgents
    ? searchTools(context, asker, asked, page)
    : searchResources(context, asker, asked, page);
}

/** §8.6: what this one may do to that. An `action` in the request is ignored. */
export async function answerActionSearch(
  context: Context,
  { asker }: Asking,
  body: JsonObject,
): Promise<object> {
  const subject = readEntity(body, 'subject');
  const resource = readEntity(body, 'resource');
  const asked = { subject, resource, context: readContext(body) };
  const isAboutAgents = subject.type === 'agent' && resource.type === 'tool';
  const page = readPage(body);
  return isAboutAgents
    ? searchCalls(context, asker, asked, page)
    : searchActions(context, asker, asked, page);
}
