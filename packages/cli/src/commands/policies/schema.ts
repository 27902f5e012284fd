import { defineCommand } from '../../command.ts';

export const showPolicySchema = defineCommand({
  usage: 'schema',
  summary: 'the Cedar schema of the pinned tools, for editors',
  examples: ['policies schema > countersign.cedarschema'],
  async run(session) {
    const { schema } = await session.api().get<{ schema: string }>('/v1/policies/schema');
    if (session.json) session.print.item({ schema }, []);
    else session.print.text(schema.trimEnd());
    return undefined;
  },
});
