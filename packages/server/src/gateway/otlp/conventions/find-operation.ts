import type { Attributes, ToldPiece } from '../told-piece.ts';
import {
  aiSdk,
  aiSdkOperations,
  database,
  genAi,
  genAiEvents,
  genAiOperations,
  mcp,
  type Operation,
  openInference,
  openInferenceKinds,
  readingOperation,
  traceloop,
  traceloopKinds,
  traceloopRequests,
  vectorDatabases,
} from './names.ts';

/** What was done, by whichever convention says so; undefined for what is not about models, tools or what they read. */
export function findOperation(piece: ToldPiece): Operation | undefined {
  const { attributes } = piece;
  if (piece.signal === 'log') return findLogged(piece);
  const generated = findText(attributes, genAi.operation);
  if (generated !== undefined) return genAiOperations.get(generated) ?? 'other';
  if (findText(attributes, mcp.method) !== undefined) return 'mcp';
  return findOlder(attributes) ?? findRead(attributes);
}

export function findText(attributes: Attributes, ...names: readonly string[]): string | undefined {
  for (const name of names) {
    const value = attributes.get(name);
    if (typeof value === 'string' && value !== '') return value;
  }
  return undefined;
}

function findLogged({ name, attributes }: ToldPiece): Operation | undefined {
  if (name === genAiEvents.choice || genAiEvents.messages.has(name)) return 'chat';
  if (name !== genAiEvents.details) return undefined;
  return genAiOperations.get(findText(attributes, genAi.operation) ?? 'chat') ?? 'other';
}

function findOlder(attributes: Attributes): Operation | undefined {
  const look = (name: string, operations: ReadonlyMap<string, Operation>) =>
    operations.get(findText(attributes, name) ?? '');
  const found =
    look(openInference.kind, openInferenceKinds) ??
    look(traceloop.requestType, traceloopRequests) ??
    look(traceloop.kind, traceloopKinds) ??
    look(aiSdk.operation, aiSdkOperations);
  if (found !== undefined) return found;
  const isModel = attributes.has(genAi.system) && attributes.has(genAi.requestModel);
  return isModel ? 'chat' : undefined;
}

function findRead(attributes: Attributes): Operation | undefined {
  const system = findText(attributes, ...database.systems);
  if (system === undefined || !vectorDatabases.has(system.toLowerCase())) return undefined;
  return readingOperation.test(findText(attributes, ...database.operations) ?? 'query')
    ? 'retrieval'
    : 'other';
}
