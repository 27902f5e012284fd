import { CliError } from '../../cli-error.ts';
import { readPairs } from '../../parse-options.ts';

export interface PeerOptions {
  readonly a2a?: string;
  readonly card?: string;
  readonly signedBy?: string;
  readonly direct?: boolean;
  readonly agent?: string;
  readonly allowPrivate?: boolean;
  readonly header?: readonly string[];
  readonly timeout?: number;
  readonly credential?: object;
  readonly secretMaxAgeDays?: number;
}

/** A peer agent, where `--a2a` names one. Throws `CliError` for options that go with it and stand alone. */
export function readPeer(options: PeerOptions): { kind: 'a2a'; settings: object } | undefined {
  const { a2a: url, card: cardUrl, signedBy: jwksUrl, direct, agent, allowPrivate } = options;
  const { header, credential } = options;
  if (url === undefined) {
    if ((cardUrl ?? jwksUrl ?? direct ?? agent) !== undefined)
      throw new CliError('--card, --signed-by, --direct and --agent go with --a2a');
    return undefined;
  }
  const settings = {
    ...{ url, cardUrl, direct, agent, allowPrivate, credential },
    signedBy: jwksUrl === undefined ? undefined : { jwksUrl },
    headers: header && readPairs(header, ':'),
    ...{ timeoutSeconds: options.timeout, secretMaxAgeDays: options.secretMaxAgeDays },
  };
  const given = Object.entries(settings).filter(([, value]) => value !== undefined);
  return { kind: 'a2a', settings: Object.fromEntries(given) };
}
