import { Agent, type Ask, type AskOptions } from '@countersign/sdk';
import { readPrivateKey } from './agent-key-file.ts';
import { showHonestly } from './output/honest-text.ts';
import { parseDuration } from './parse-options.ts';
import type { Session } from './session.ts';

/** Who asks, whom, and for how long. */
export interface AskingOptions {
  readonly agent: string;
  readonly key: string;
  readonly person: string;
  readonly message?: string;
  readonly within?: number;
}

export const askingOptions = [
  { flags: '--agent <agent>', summary: 'the id of the agent', required: true },
  { flags: '--key <file>', summary: "the agent's private key, a JWK", required: true },
  { flags: '--person <person>', summary: 'who is asked: id or e-mail', required: true },
  { flags: '--message <text>', summary: 'shown to them as the words of the agent, at most 140 characters' },
  { flags: '--within <duration>', summary: 'how long they have, 30s to 15m', parse: parseDuration },
] as const;

export function openAskingAgent(session: Session, { agent, key }: AskingOptions): Promise<Agent> {
  return Agent.create({ url: session.serverUrl(), agentId: agent, key: readPrivateKey(key) });
}

export function readAskOptions({ person, message, within }: AskingOptions): AskOptions {
  return {
    person,
    ...(message === undefined ? {} : { message }),
    ...(within === undefined ? {} : { seconds: within }),
  };
}

/** Says where the person decides, and waits for it. */
export async function waitForAnswer<Answer>(session: Session, asked: Ask<Answer>): Promise<Answer> {
  const { link, matchCode, expiresAt } = asked;
  session.print.line(
    { event: 'asked', link, matchCode, expiresAt },
    `Asked. They decide at ${showHonestly(link)} and see the code ${showHonestly(matchCode)}.`,
  );
  return asked.wait(session.signal);
}
