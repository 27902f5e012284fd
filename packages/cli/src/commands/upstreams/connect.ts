import { defineCommand } from '../../command.ts';

export const connectUpstream = defineCommand({
  usage: 'connect <name>',
  summary: 'where a person connects their own account at an upstream',
  async run(session, _options, name = '') {
    const path = `/v1/upstreams/${encodeURIComponent(name)}`;
    const { settings } = await session.api().get<{ settings: { credential?: { kind: string } } }>(path);
    const url = `${session.serverUrl()}/upstreams/${name}/connect`;
    const isPersonal = settings.credential?.kind === 'oauth-user';
    session.print.item({ upstream: name, url, isPersonal }, [['OPEN', (one) => one.url]]);
    session.print.note(
      isPersonal
        ? 'Each person opens it in their own browser and signs in with their passkey; nobody can do it for them.'
        : 'People do not connect to this upstream: its credential is not of the kind oauth-user.',
    );
    session.print.next(`upstreams connections ${name}`);
    return undefined;
  },
});
