import type { CommandDefinition } from '../../command.ts';
import { addClient } from './add-client.ts';
import { addEnforcementPoint } from './add-enforcement-point.ts';
import { addHook } from './add-hook.ts';
import { addIntrospectionClient } from './add-introspection-client.ts';
import { addTelemetry } from './add-telemetry.ts';
import { askAuthority } from './ask-authority.ts';
import { askCall } from './ask-call.ts';
import { listEnforcementPoints } from './enforcement-points.ts';
import { listIntrospectionClients } from './introspection-clients.ts';
import { listClients } from './list-clients.ts';
import { removeClient } from './remove-client.ts';
import { removeEnforcementPoint } from './remove-enforcement-point.ts';
import { removeIntrospectionClient } from './remove-introspection-client.ts';
import { revokeToken } from './revoke.ts';
import { rotateKeys } from './rotate-keys.ts';

export const commands: readonly CommandDefinition[] = [
  askAuthority,
  askCall,
  revokeToken,
  listClients,
  addClient,
  removeClient,
  listIntrospectionClients,
  addIntrospectionClient,
  removeIntrospectionClient,
  listEnforcementPoints,
  addEnforcementPoint,
  addHook,
  addTelemetry,
  removeEnforcementPoint,
  rotateKeys,
];
