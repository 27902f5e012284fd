import type { Operation } from '../../policies/index.ts';

interface GovernedMethod {
  readonly operation: Operation;
  readonly kind: 'request' | 'notification';
  /** Where the name lives that the `Mcp-Name` header mirrors. */
  readonly nameField?: 'name' | 'uri' | 'taskId';
}

/** Every method that may pass, and as what. A method that is not here is refused: nothing slips by. */
export const governedMethods: ReadonlyMap<string, GovernedMethod> = new Map<string, GovernedMethod>([
  ['server/discover', { operation: 'discover', kind: 'request' }],
  ['tools/list', { operation: 'discover', kind: 'request' }],
  ['prompts/list', { operation: 'discover', kind: 'request' }],
  ['resources/list', { operation: 'discover', kind: 'request' }],
  ['resources/templates/list', { operation: 'discover', kind: 'request' }],
  ['tools/call', { operation: 'call', kind: 'request', nameField: 'name' }],
  ['resources/read', { operation: 'read_resource', kind: 'request', nameField: 'uri' }],
  ['prompts/get', { operation: 'get_prompt', kind: 'request', nameField: 'name' }],
  ['completion/complete', { operation: 'complete', kind: 'request' }],
  ['subscriptions/listen', { operation: 'subscribe', kind: 'request' }],
  ['tasks/get', { operation: 'follow_up', kind: 'request', nameField: 'taskId' }],
  ['tasks/update', { operation: 'follow_up', kind: 'request', nameField: 'taskId' }],
  ['tasks/cancel', { operation: 'follow_up', kind: 'request', nameField: 'taskId' }],
  ['notifications/cancelled', { operation: 'notify', kind: 'notification' }],
  ['notifications/progress', { operation: 'notify', kind: 'notification' }],
]);
