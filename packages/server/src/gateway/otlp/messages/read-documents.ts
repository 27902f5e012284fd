import type { JsonObject, JsonValue } from '@countersign/core';
import { genAi, openInference, traceloop } from '../conventions/names.ts';
import type { ToldPiece } from '../told-piece.ts';
import { readIndexed } from './read-indexed.ts';
import { listEmbedded, writeText } from './told-message.ts';

/** Something that was found and given to a model. */
export interface ToldDocument {
  readonly id: string;
  /** Undefined when only its id was told. */
  readonly text?: string;
}

const longestId = 256;

export function readDocuments({ attributes, events }: ToldPiece): readonly ToldDocument[] {
  return [
    ...listEmbedded(attributes.get(genAi.documents)).map(readDocument),
    ...readIndexed(attributes, openInference.documents).map((item) => readDocument(Object.fromEntries(item))),
    ...events
      .filter(({ name }) => name === traceloop.result)
      .map(({ attributes: found }) =>
        makeDocument(found.get(traceloop.resultId), found.get(traceloop.resultDocument)),
      ),
  ];
}

function readDocument(given: JsonObject): ToldDocument {
  const { id, content, text, page_content, document } = given;
  return makeDocument(id, content ?? text ?? page_content ?? document);
}

function makeDocument(id: JsonValue | undefined, text: JsonValue | undefined): ToldDocument {
  const named = { id: writeText(id).slice(0, longestId).toWellFormed() };
  return text === undefined || text === null ? named : { ...named, text: writeText(text) };
}
