import { formatTime } from '../../output/format-time.ts';
import type { Column } from '../../output/printer.ts';

export interface Person {
  readonly id: string;
  readonly displayName: string;
  readonly email: string | null;
  readonly roles: readonly string[];
  readonly groups: readonly string[];
  readonly state: string;
  readonly createdAt: number;
}

export const personFields: readonly Column<Person>[] = [
  ['ID', ({ id }) => id],
  ['NAME', ({ displayName }) => displayName],
  ['EMAIL', ({ email }) => email],
  ['ROLES', ({ roles, groups }) => [...roles, ...groups]],
  ['STATE', ({ state }) => state],
  ['SINCE', ({ createdAt }) => formatTime(createdAt)],
];
