import { defineCommand } from '../../command.ts';

interface Issuer {
  readonly issuer: string;
  readonly jwks: { readonly keys: readonly object[] };
}

export const showIssuer = defineCommand({
  usage: 'issuer',
  summary: 'the keys that receipts are signed with; keep them apart from the server',
  examples: ['approvals issuer > issuer.json', 'approvals verify receipt.txt --issuer issuer.json'],
  async run(session) {
    const issuer = await session.api().get<Issuer>('/.well-known/jwt-vc-issuer');
    if (session.json) session.print.item(issuer, []);
    else session.print.text(JSON.stringify(issuer, null, 2));
    return undefined;
  },
});
