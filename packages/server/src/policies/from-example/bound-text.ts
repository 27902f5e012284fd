import type { CedarExpressionJson, CedarPatternJson } from '@countersign/core';

/** A condition on one text, why it is so, and how to widen it. */
export interface TextBound {
  readonly conditions: readonly CedarExpressionJson[];
  readonly why: string;
  readonly widen: string;
}

const WEB_ADDRESS = /^(https?:\/\/[A-Za-z0-9.-]+(?::\d{1,5})?\/)/;
const MAIL_ADDRESS = /^[^\s@,;<>"()]+(@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+)$/;
const FILE_PATH = /^(?:~|\.)?\/|^[\w.-]+(?:\/[\w.-]+)+$/;

/** What gets out of a folder, or is read as something else by whoever gets it. */
const PATH_ESCAPES = ['..', '\\', '%', '\n', '\0'];
/** What makes two addresses of one. */
const ADDRESS_JOINTS = [',', ';', ' ', '<', '\n', '\r'];

/** An address or a path is bounded by where it leads, another text to itself. The value is the caller's. */
export function boundText(at: CedarExpressionJson, value: string): TextBound {
  return boundWeb(at, value) ?? boundMail(at, value) ?? boundPath(at, value) ?? boundExactly(at, value);
}

export function boundExactly(at: CedarExpressionJson, value: string | boolean | number): TextBound {
  const conditions = [{ '==': { left: at, right: { Value: value } } }];
  return { conditions, why: 'exactly as it was', widen: 'list more values: [...].contains(...)' };
}

function boundWeb(at: CedarExpressionJson, value: string): TextBound | undefined {
  const prefix = WEB_ADDRESS.exec(value)?.[1];
  if (prefix === undefined || !isFree(value, PATH_ESCAPES)) return undefined;
  return {
    conditions: [like(at, [{ Literal: prefix }, 'Wildcard']), ...forbidEach(at, PATH_ESCAPES)],
    why: 'on the same host',
    widen: 'shorten what it begins with; keep the slash after the host',
  };
}

function boundMail(at: CedarExpressionJson, value: string): TextBound | undefined {
  const domain = MAIL_ADDRESS.exec(value)?.[1];
  if (domain === undefined) return undefined;
  return {
    conditions: [
      like(at, ['Wildcard', { Literal: domain }]),
      not(like(at, ['Wildcard', { Literal: '@' }, 'Wildcard', { Literal: '@' }, 'Wildcard'])),
      ...forbidEach(at, ADDRESS_JOINTS),
    ],
    why: 'one address in the same domain',
    widen: 'add another domain with ||; to narrow: exactly this address',
  };
}

function boundPath(at: CedarExpressionJson, value: string): TextBound | undefined {
  const folder = value.slice(0, value.lastIndexOf('/') + 1);
  // A path right below the root leads anywhere.
  if (!FILE_PATH.test(value) || folder.length < 2 || !isFree(value, PATH_ESCAPES)) return undefined;
  return {
    conditions: [like(at, [{ Literal: folder }, 'Wildcard']), ...forbidEach(at, PATH_ESCAPES)],
    why: 'in the same folder or below',
    widen: 'shorten what it begins with; keep the slash at its end',
  };
}

function isFree(value: string, parts: readonly string[]): boolean {
  return parts.every((part) => !value.includes(part));
}

function forbidEach(at: CedarExpressionJson, parts: readonly string[]): readonly CedarExpressionJson[] {
  return parts.map((part) => not(like(at, ['Wildcard', { Literal: part }, 'Wildcard'])));
}

function like(left: CedarExpressionJson, pattern: CedarPatternJson): CedarExpressionJson {
  return { like: { left, pattern } };
}

function not(arg: CedarExpressionJson): CedarExpressionJson {
  return { '!': { arg } };
}
