import { defineCommand } from '../../command.ts';

export const showConfig = defineCommand<{ config?: string; origin?: boolean; data?: string }>({
  usage: 'show',
  summary: 'the configuration that `up` would start with here',
  options: [
    { flags: '--config <file>', summary: 'countersign.yaml (COUNTERSIGN_CONFIG)' },
    { flags: '--origin', summary: 'where each setting comes from' },
  ],
  async run(session, { config, origin, data }) {
    const { describeConfig } = await import('../up/describe-config.ts');
    const file = config ?? session.environment.COUNTERSIGN_CONFIG;
    const settings = describeConfig({
      environment: session.environment,
      ...(file === undefined ? {} : { file }),
      ...(data === undefined ? {} : { data }),
    });
    session.print.rows(settings, [
      ['SETTING', ({ name }) => name],
      ['VALUE', ({ value }) => value],
      ...(origin === true ? [['ORIGIN', (setting: { origin: string }) => setting.origin] as const] : []),
    ]);
    return undefined;
  },
});
