import { CliError } from '../../cli-error.ts';
import type { ControlClient } from '../../control/control-client.ts';
import type { Printer } from '../../output/printer.ts';
import { pause } from '../../pause.ts';
import type { Person } from '../people/person.ts';

const pollMilliseconds = 500;

/** The person who owns the demo's agent: the first administrator, once they have joined. No agent without one. */
export async function waitForOwner(
  api: ControlClient,
  print: Printer,
  options: { administratorLink: string | null; signal: AbortSignal },
): Promise<Person> {
  let announced = false;
  while (!options.signal.aborted) {
    const people = await api.list<Person>('/v1/people');
    const owner = people.find(({ state, roles }) => state === 'active' && roles.includes('admin'));
    if (owner !== undefined) return owner;
    if (!announced) announce(print, options.administratorLink);
    announced = true;
    await pause(pollMilliseconds, options.signal);
  }
  throw new CliError('the demo was ended before anybody joined');
}

function announce(print: Printer, link: string | null): void {
  if (link === null) {
    throw new CliError('nobody has joined yet, and an agent needs an owner', {
      fix: 'restart the server: it prints a one-time link at each start until somebody has joined',
    });
  }
  const text = [
    print.colors.bold('Demo: no agent acts without a person who answers for it.'),
    '  Join with a passkey under the link above, and the demo goes on by itself.',
  ];
  print.line({ event: 'demo.waiting_for_owner', link }, text.join('\n'));
}
