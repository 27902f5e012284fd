import { defineCommand } from '../../command.ts';

export const showConfigSchema = defineCommand({
  usage: 'schema',
  summary: 'the JSON Schema of countersign.yaml, for editors',
  examples: ['config schema > countersign.schema.json'],
  async run(session) {
    const { describeConfigSchema } = await import('../up/describe-config.ts');
    session.print.text(JSON.stringify(describeConfigSchema(), null, 2));
    return undefined;
  },
});
