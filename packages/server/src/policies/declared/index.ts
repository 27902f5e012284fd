export {
  type AskedEntity,
  type DeclaredQuestion,
  type DeclaredVerdict,
  decideDeclared,
  type QuestionFlaw,
} from './decide-declared.ts';
export { type DeclaredTypes, listDeclaredActions, listDeclaredEntities } from './declared-types.ts';
export { joinSchema } from './join-schema.ts';
export { entitiesEnding, readDeclaredTypes, schemaEnding } from './read-declared-types.ts';
