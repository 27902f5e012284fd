import { ARGUMENT_ROLES, type Audience, type FieldLabels, SENSITIVITIES } from '@countersign/core';
import { CliError } from '../../cli-error.ts';
import type { ArgumentRoleFacts, ResultLabelFacts } from './upstream.ts';

export interface LabelOptions {
  readonly role?: readonly string[];
  readonly resultTrust?: string;
  readonly resultField?: readonly string[];
  readonly sensitivity?: string;
  readonly audience?: readonly string[];
  readonly serialised?: boolean;
}

export const resultTrusts = ['trusted', 'untrusted'] as const;
const nothingSaid: ResultLabelFacts = {
  trust: 'untrusted',
  sensitivity: 'internal',
  audience: 'anyone',
  fields: [],
};

/** `/to=destination` replaces what was said of `/to`, `/to=none` takes it away; undefined when nothing is given. */
export function readRoles(
  given: readonly string[] | undefined,
  before: readonly ArgumentRoleFacts[],
): readonly ArgumentRoleFacts[] | undefined {
  if (given === undefined) return undefined;
  const roles = new Map(before.map(({ pointer, role }) => [pointer, role]));
  for (const text of given) {
    const [pointer, role] = splitLast(text);
    if (role === 'none') roles.delete(pointer);
    else if (ARGUMENT_ROLES.some((one) => one === role)) roles.set(pointer, role);
    else throw new CliError(`${text}: a role is one of ${ARGUMENT_ROLES.join(', ')}, none`);
  }
  return [...roles].map(([pointer, role]) => ({ pointer, role }));
}

/** Undefined when nothing is given. */
export function readLabels(
  options: LabelOptions,
  before: ResultLabelFacts = nothingSaid,
): ResultLabelFacts | undefined {
  const { resultTrust, resultField, sensitivity, audience, serialised } = options;
  const said = [resultTrust, resultField, sensitivity, audience, serialised];
  if (said.every((one) => one === undefined)) return undefined;
  return {
    ...before,
    ...(resultTrust === undefined ? {} : { trust: resultTrust }),
    ...(sensitivity === undefined ? {} : { sensitivity }),
    ...(audience === undefined ? {} : { audience: readAudience(audience) }),
    ...(serialised === undefined ? {} : { serialised }),
    fields: readFields(resultField ?? [], before.fields),
  };
}

function readAudience(given: readonly string[]): Audience {
  return given.length === 1 && given[0] === 'anyone' ? 'anyone' : given;
}

/** `body=untrusted` or `salary=confidential`; what is said of one path adds up, `body=none` forgets it. */
function readFields(given: readonly string[], before: readonly FieldLabels[]): readonly FieldLabels[] {
  const fields = new Map(before.map((field) => [field.path, field]));
  for (const text of given) {
    const [path, label] = splitLast(text);
    const trust = resultTrusts.find((one) => one === label);
    const sensitivity = SENSITIVITIES.find((one) => one === label);
    const known = fields.get(path) ?? { path };
    if (label === 'none') fields.delete(path);
    else if (trust !== undefined) fields.set(path, { ...known, trust });
    else if (sensitivity !== undefined) fields.set(path, { ...known, sensitivity });
    else throw new CliError(`${text}: say <field>=${[...resultTrusts, ...SENSITIVITIES].join('|')}|none`);
  }
  return [...fields.values()];
}

function splitLast(text: string): readonly [string, string] {
  const at = text.lastIndexOf('=');
  if (at < 1) throw new CliError(`${text} has no <name>=<value>`);
  return [text.slice(0, at), text.slice(at + 1)];
}
