import { CliError } from '../../cli-error.ts';
import { defineCommand } from '../../command.ts';
import { collect, readJsonFile } from '../../parse-options.ts';
import { type EnforcementPointFacts, enforcementPointFields } from './enforcement-point-facts.ts';

interface Options {
  readonly key: readonly string[];
  readonly upstream: readonly string[];
  readonly allUpstreams?: boolean;
  readonly type: readonly string[];
  readonly allTypes?: boolean;
  readonly binding: string;
  readonly bearer?: boolean;
  readonly address: readonly string[];
  readonly route: readonly string[];
}

const several = { parse: collect, initial: [] };

export const addEnforcementPoint = defineCommand<Options>({
  usage: 'add-enforcement-point <name>',
  summary: 'let a program ask for decisions (AuthZEN, OPA, forward-auth) and enforce them',
  options: [
    { flags: '--key <file>', summary: 'public JWK with which it proves itself', ...several },
    {
      flags: '--upstream <name>',
      summary: 'it may ask about what agents do there; again for each',
      ...several,
    },
    { flags: '--all-upstreams', summary: 'it may ask about every upstream' },
    { flags: '--type <name>', summary: 'it may ask about resources of this declared type', ...several },
    { flags: '--all-types', summary: 'it may ask about every declared type' },
    {
      flags: '--binding <kind>',
      summary: 'how agents prove possession to it: dpop, mtls or none',
      initial: 'none',
    },
    { flags: '--bearer', summary: 'it may have a token that is bound to no key' },
    { flags: '--address <ip>', summary: 'a proxy there needs no other proof for forward-auth', ...several },
    { flags: '--route <url=upstream>', summary: 'which upstream a proxied URL belongs to', ...several },
  ],
  examples: [
    'tokens add-enforcement-point records-api --key public.jwk --type record',
    'tokens add-enforcement-point edge --address 10.0.0.7 --binding dpop --route https://api.example/v2=shop',
  ],
  async run(session, options, name = '') {
    const { key, upstream, allUpstreams, type, allTypes, binding, bearer, address, route } = options;
    const body = {
      ...{ name, binding, bearer: bearer === true, addresses: address },
      keys: key.map(readJsonFile),
      upstreams: allUpstreams === true ? '*' : upstream,
      types: allTypes === true ? '*' : type,
      routes: route.map(readRoute),
    };
    session.print.item(
      await session.api().send<EnforcementPointFacts>('POST', '/v1/tokens/enforcement-points', body),
      enforcementPointFields,
    );
    return undefined;
  },
});

function readRoute(text: string): { url: string; upstream: string } {
  const at = text.lastIndexOf('=');
  if (at <= 0) throw new CliError(`not <url>=<upstream>: ${text}`);
  return { url: text.slice(0, at), upstream: text.slice(at + 1) };
}
