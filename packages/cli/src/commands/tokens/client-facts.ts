import { formatTime } from '../../output/format-time.ts';
import { type Column, ShownText } from '../../output/printer.ts';

export interface ClientFacts {
  readonly id: string;
  readonly kind: string;
  readonly name: string;
  readonly redirectUris: readonly string[];
  readonly authMethod: string;
  readonly dpopBound: boolean;
  readonly createdBy: string;
  readonly createdAt: number;
  readonly usedAt: number | null;
}

export const clientFields: readonly Column<ClientFacts>[] = [
  ['ID', ({ id }) => id],
  ['NAME', ({ name }) => name],
  ['KIND', ({ kind }) => (kind === 'dynamic' ? 'registered itself' : kind)],
  ['REDIRECTS TO', ({ redirectUris }) => new ShownText(redirectUris.join('\n'))],
  ['PROVES ITSELF', ({ authMethod }) => (authMethod === 'none' ? 'no' : authMethod)],
  ['BOUND TOKENS ONLY', ({ dpopBound }) => (dpopBound ? 'yes' : 'no')],
  ['LAST CONSENT', ({ usedAt }) => (usedAt === null ? 'never' : formatTime(usedAt))],
];
