import type { CommandDefinition } from '../../command.ts';
import { addIntrospectionClient } from './add-introspection-client.ts';
import { listIntrospectionClients } from './list-introspection-clients.ts';
import { removeIntrospectionClient } from './remove-introspection-client.ts';
import { revokeToken } from './revoke-token.ts';
import { rotateKeys } from './rotate-keys.ts';

export const commands: readonly CommandDefinition[] = [
  revokeToken,
  listIntrospectionClients,
  addIntrospectionClient,
  removeIntrospectionClient,
  rotateKeys,
];
