import { defineCommand } from '../../command.ts';

interface ModeFacts {
  readonly policyId: string;
  readonly effect: string;
  readonly mode: string;
  readonly isNamed: boolean;
  readonly description: string | null;
}

export const listModes = defineCommand({
  usage: 'modes',
  summary: 'how far each policy in force counts: enforce, warn or shadow',
  async run(session) {
    const { items } = await session.api().get<{ items: readonly ModeFacts[] }>('/v1/policies/modes');
    session.print.rows(
      items,
      [
        ['POLICY', ({ policyId }) => policyId],
        ['EFFECT', ({ effect }) => effect],
        ['MODE', ({ mode, isNamed }) => (isNamed ? mode : `${mode}, always: it has no @id`)],
        ['DESCRIPTION', ({ description }) => description],
      ],
      'no policies in force',
    );
    return undefined;
  },
});
