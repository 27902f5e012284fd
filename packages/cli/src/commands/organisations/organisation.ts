import { CliError } from '../../cli-error.ts';
import { formatTime } from '../../output/format-time.ts';
import type { Column } from '../../output/printer.ts';
import { readJsonFile } from '../../parse-options.ts';
import type { Session } from '../../session.ts';

export interface OrganisationFacts {
  readonly name: string;
  readonly state: string;
  readonly issuers: readonly string[];
  readonly agents: readonly string[];
  readonly ceiling: readonly string[];
  readonly terms: object;
  readonly openTasks: number;
  readonly changedAt: number;
}

export const organisationFields: readonly Column<OrganisationFacts>[] = [
  ['ORGANISATION', ({ name }) => name],
  ['STATE', ({ state }) => state],
  ['ISSUERS', ({ issuers }) => issuers.join(', ')],
  ['AGENTS', ({ agents }) => String(agents.length)],
  ['OPEN TASKS', ({ openTasks }) => String(openTasks)],
  ['CHANGED', ({ changedAt }) => formatTime(changedAt)],
];

export const organisationsPath = '/v1/organisations';

interface ProposedTerms {
  readonly id: string;
  readonly link: string;
  readonly expiresAt: number;
}

/** Prepares the terms for an administrator's passkey and says where it signs them. */
export async function proposeTerms(session: Session, terms: object): Promise<void> {
  const proposed = await session.api().send<ProposedTerms>('POST', `${organisationsPath}/changes`, terms);
  session.print.item(proposed, [
    ['CHANGE', ({ id }) => id],
    ['SIGN AT', ({ link }) => link],
    ['UNTIL', ({ expiresAt }) => formatTime(expiresAt)],
  ]);
  session.print.note('Nothing is in force until an administrator has signed it there with a passkey.');
  session.print.next('organisations list');
}

/** Throws `CliError` when the file holds no terms of this organisation. */
export function readTerms(path: string | undefined, name: string): object {
  if (path === undefined) throw new CliError('--terms says in which file the terms are');
  const terms = readJsonFile(path);
  if (typeof terms !== 'object' || terms === null || Array.isArray(terms))
    throw new CliError(`${path} holds no object`);
  return { ...terms, name };
}
