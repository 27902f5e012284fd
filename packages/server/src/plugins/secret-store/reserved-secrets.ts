import { parseSecretName } from './secret-name.ts';

/**
 * People's own tokens lie in the secret store under these names. No setting may refer to them, or one person's account
 * would be lent to every agent, and nobody may write them, or an account would be put into another person's hands.
 */
export function isReservedSecret(reference: string): boolean {
  return parseSecretName(reference)?.name.startsWith('connection-') === true;
}
