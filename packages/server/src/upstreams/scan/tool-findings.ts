import {
  canonicalJson,
  FINDING_GRADES,
  FINDING_KINDS,
  isJsonObject,
  type ToolFinding,
} from '@countersign/core';
import { sha256 } from '../../platform/sha256.ts';
import type { ToolRow } from '../live-upstream.ts';

/** What the scan found in the definition a person has to judge next, or else in the one in force. */
export function readFindings({ findings }: Pick<ToolRow, 'findings'>): readonly ToolFinding[] {
  const stored: unknown = findings === null ? [] : JSON.parse(findings);
  return Array.isArray(stored) ? stored.flatMap(readFinding) : [];
}

/** SHA-256, base64url, of all of them; null where there are none. Who accepts the tool names it. */
export function digestFindings(findings: readonly ToolFinding[]): string | null {
  return findings.length === 0 ? null : sha256(canonicalJson(findings.map((one) => ({ ...one }))));
}

function readFinding(stored: unknown): readonly ToolFinding[] {
  if (!isJsonObject(stored)) return [];
  const kind = FINDING_KINDS.find((one) => one === stored.kind);
  const grade = FINDING_GRADES.find((one) => one === stored.grade);
  const { path, because, other } = stored;
  if (kind === undefined || grade === undefined || typeof path !== 'string' || typeof because !== 'string')
    return [];
  return [{ kind, grade, path, because, ...(typeof other === 'string' ? { other } : {}) }];
}
