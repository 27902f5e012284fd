import { defineCommand } from '../../command.ts';
import { type ReceiverFacts, receiverFields } from './receiver-facts.ts';

interface Options {
  readonly audience: string;
  readonly subject?: readonly string[];
  readonly everybody?: boolean;
  readonly readOnly?: boolean;
  readonly allowPrivate?: boolean;
}

export const addReceiver = defineCommand<Options>({
  usage: 'add-receiver <name>',
  summary: 'let a program be told of security events (SSF, CAEP, RISC); its token is shown once',
  options: [
    { flags: '--audience <audience>', summary: 'of its events, as it expects it', required: true },
    {
      flags: '--subject <id>',
      summary: 'a person or agent it may be told of, again for each; of anybody when absent',
      parse: (value, earlier) => [...((earlier as readonly string[] | undefined) ?? []), value],
    },
    { flags: '--everybody', summary: 'tell it of all of these without being asked, of later ones too' },
    { flags: '--read-only', summary: 'it may look and poll, and change nothing' },
    { flags: '--allow-private', summary: 'its address may be on this machine or a private network' },
  ],
  examples: ['signals add-receiver siem --audience https://siem.example --everybody'],
  async run(session, { audience, subject, everybody, readOnly, allowPrivate }, name = '') {
    const body = {
      ...{ name, audience, subjects: subject ?? '*' },
      ...{ everybody: everybody === true, allowPrivate: allowPrivate === true },
      scope: readOnly === true ? 'ssf.read' : 'ssf.manage',
    };
    const added = await session
      .api()
      .send<ReceiverFacts & { readonly token: string }>('POST', '/v1/signals/receivers', body);
    session.print.item(added, [...receiverFields, ['TOKEN', ({ token }) => token]]);
    return undefined;
  },
});
