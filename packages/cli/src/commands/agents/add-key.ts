import { type KeyOptions, keyOptions, readPublicKey } from '../../agent-key-file.ts';
import { defineCommand } from '../../command.ts';
import { parseDuration } from '../../parse-options.ts';
import { type AgentKeyFacts, findAgentId, keyFields } from './agent.ts';

export const addAgentKey = defineCommand<KeyOptions & { overlap: number }>({
  usage: 'add-key <agent>',
  summary: 'rotate: the new key is valid at once, those in use until now for the overlap',
  options: [
    ...keyOptions,
    { flags: '--overlap <duration>', summary: 'at most 24h', parse: parseDuration, initial: 3600 },
  ],
  examples: ['agents add-key invoice-bot --generate-key invoice-bot-2.key --overlap 10m'],
  async run(session, { overlap, ...key }, named = '') {
    const id = await findAgentId(session.api(), named);
    const body = { jwk: await readPublicKey(key), overlapSeconds: overlap };
    const path = `/v1/agents/${id}/keys`;
    const { keys } = await session.api().send<{ keys: readonly AgentKeyFacts[] }>('POST', path, body);
    session.print.rows(keys, keyFields);
    return undefined;
  },
});
