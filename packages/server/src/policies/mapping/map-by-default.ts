import type { Mapping } from './compile-mapping.ts';
import type { Mapped } from './find-mapping.ts';

const none = {};
const forServer = new Set([
  'initialize',
  'logging/setLevel',
  'prompts/list',
  'resources/list',
  'resources/templates/list',
  // The draft is older than these.
  'server/discover',
  'subscriptions/listen',
  'tools/list',
]);
const forTarget = new Map([
  ['prompts/get', 'prompt'],
  ['resources/read', 'resource'],
  ['resources/subscribe', 'resource'],
  ['resources/unsubscribe', 'resource'],
  ['tasks/cancel', 'task'],
  ['tasks/get', 'task'],
  ['tasks/update', 'task'],
  ['tools/call', 'tool'],
]);

/** The question of COAZ-MCP §Default Mappings, none for what passes through; undefined for methods it does not know. */
export function mapByDefault({ method, target, reference, resource }: Mapped): Mapping | undefined {
  if (method === 'ping' || method.startsWith('notifications/')) return () => [];
  const about = findResource(method, reference);
  if (about === undefined) return undefined;
  const named = { type: about, id: about === 'mcp_server' ? resource : target, properties: none };
  return (_, { subject, agent }) => [
    {
      principal: { type: 'identity', id: subject, properties: none },
      action: { name: method, properties: none },
      resource: named,
      context: { agent },
    },
  ];
}

function findResource(method: string, reference: string | undefined): string | undefined {
  if (forServer.has(method)) return 'mcp_server';
  if (method === 'completion/complete') return reference === 'ref/prompt' ? 'prompt' : 'resource';
  return forTarget.get(method);
}
