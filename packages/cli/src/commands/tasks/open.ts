import { Agent } from '@countersign/sdk';
import { readPrivateKey } from '../../agent-key-file.ts';
import { defineCommand } from '../../command.ts';
import { parseDuration, readTextFile } from '../../parse-options.ts';
import { type TaskFacts, taskFields } from './task.ts';

interface OpenOptions {
  readonly agent: string;
  readonly key: string;
  readonly purpose: string;
  readonly promptFile?: string;
  readonly delegation?: string;
  readonly ttl?: number;
}

export const openTask = defineCommand<OpenOptions>({
  usage: 'open',
  summary: 'open a task as an agent, with its own key; only an agent opens tasks',
  options: [
    { flags: '--agent <agent>', summary: 'the id of the agent', required: true },
    { flags: '--key <file>', summary: "the agent's private key, a JWK", required: true },
    { flags: '--purpose <text>', summary: 'what it is for', required: true },
    { flags: '--prompt-file <file>', summary: 'what the agent was asked, kept as evidence' },
    { flags: '--delegation <delegation>', summary: "the agent's default when absent" },
    { flags: '--ttl <duration>', summary: 'at most 1h', parse: parseDuration },
  ],
  async run(session, { agent, key, purpose, promptFile, delegation, ttl }) {
    const acting = await Agent.create({ url: session.serverUrl(), agentId: agent, key: readPrivateKey(key) });
    const task = await acting.openTask({
      purpose,
      ...(promptFile === undefined ? {} : { prompt: readTextFile(promptFile) }),
      ...(delegation === undefined ? {} : { delegationId: delegation }),
      ...(ttl === undefined ? {} : { ttlSeconds: ttl }),
    });
    session.print.item(task.facts as TaskFacts, taskFields);
    session.print.next(`tasks end ${task.id}`);
    return undefined;
  },
});
