import type { Asker } from '../../../actions/index.ts';
import type { Context } from '../../../context.ts';
import {
  type AskedEntity,
  type DeclaredQuestion,
  listDeclaredActions,
  listDeclaredEntities,
} from '../../../policies/index.ts';
import type { Entity, NamedAction, Question } from '../question.ts';
import { type PageWish, takeResults } from './page.ts';

type Sought = Omit<Entity, 'id'>;

/** Of the entities that the bundle knows, those of whom the policies allow it. Nothing is recorded: nothing is done. */
export function searchSubjects(
  context: Context,
  asker: Asker,
  asked: { readonly subject: Sought } & Omit<Question, 'subject'>,
  page: PageWish,
) {
  const { subject, resource, action } = asked;
  const candidates = isKnown(context, asker, resource)
    ? listOfType(context, asker, subject.type, resource.type)
    : [];
  return takeResults(candidates, page, (id) => {
    const principal = { type: subject.type, id, properties: subject.properties };
    return allows(context, { principal, action, resource, context: asked.context })
      ? { type: subject.type, id }
      : undefined;
  });
}

export function searchResources(
  context: Context,
  asker: Asker,
  asked: { readonly resource: Sought } & Omit<Question, 'resource'>,
  page: PageWish,
) {
  const { subject, resource, action } = asked;
  const candidates = isKnown(context, asker, subject, resource.type)
    ? listOfType(context, asker, resource.type, resource.type)
    : [];
  return takeResults(candidates, page, (id) => {
    const found = { type: resource.type, id, properties: resource.properties };
    return allows(context, { principal: subject, action, resource: found, context: asked.context })
      ? { type: resource.type, id }
      : undefined;
  });
}

export function searchActions(
  context: Context,
  asker: Asker,
  { subject, resource, context: said }: Omit<Question, 'action'>,
  page: PageWish,
) {
  const declared = context.policies.live?.declared;
  const isAsked = isKnown(context, asker, subject, resource.type) && isKnown(context, asker, resource);
  const names = declared && isAsked ? listDeclaredActions(declared).map(({ uid }) => uid.id) : [];
  return takeResults([...new Set(names)], page, (name) => {
    const action: NamedAction = { name, properties: {}, raw: {} };
    return allows(context, { principal: subject, action, resource, context: said }) ? { name } : undefined;
  });
}

function allows(context: Context, question: DeclaredQuestion): boolean {
  return context.policies.decideDeclared(question).verdict.effect === 'allow';
}

/** An entity that nobody has told of is found by no search, even where a policy would permit anyone. */
function isKnown(context: Context, asker: Asker, { type, id }: AskedEntity, askedType = type): boolean {
  return listOfType(context, asker, type, askedType).includes(id);
}

function listOfType(context: Context, { point }: Asker, type: string, askedType: string): readonly string[] {
  const declared = context.policies.live?.declared;
  if (!declared || (point.types !== '*' && !point.types.includes(askedType))) return [];
  return listDeclaredEntities(declared, type);
}
