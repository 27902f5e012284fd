import type { JsonObject, Obligations } from '@countersign/core';

/**
 * What the enforcement point must do when it lets the call happen, as AuthZEN's Obligations Profile has it: one that it
 * does not know makes it deny. Whom to notify is done here.
 */
export function describeObligations({ redact, capRows, capBytes, notices }: Obligations): JsonObject {
  const owed: JsonObject[] = [];
  const owe = (name: string, properties: JsonObject): void => {
    owed.push({
      id: `${name}-1`,
      type: 'custom',
      properties: { name: `countersign:${name}`, ...properties },
    });
  };
  if (redact.length > 0) owe('redact', { pointers: [...redact] });
  if (capRows !== null || capBytes !== null) {
    owe('cap', {
      ...(capRows === null ? {} : { rows: capRows }),
      ...(capBytes === null ? {} : { bytes: capBytes }),
    });
  }
  if (notices.length > 0) owe('notice', { texts: [...notices] });
  return owed.length === 0 ? {} : { obligations: owed };
}
