import { defineCommand } from '../../command.ts';
import { showHonestly } from '../../output/honest-text.ts';
import type { BundleFacts, PolicyFile } from './bundle.ts';

export const showPolicies = defineCommand({
  usage: 'show [version]',
  summary: 'the policies of a bundle; those in force when none is named',
  async run(session, _options, version = 'active') {
    type Whole = BundleFacts & { readonly files: readonly PolicyFile[] };
    const bundle = await session.api().get<Whole>(`/v1/policies/${encodeURIComponent(version)}`);
    if (session.json) session.print.item(bundle, []);
    else
      for (const { name, text } of bundle.files)
        session.print.text(`// ${showHonestly(name)}\n${show(text)}`);
    session.print.note(`${bundle.version}${bundle.isActive ? ', in force' : ''}`);
    return undefined;
  },
});

const show = (text: string): string => text.split('\n').map(showHonestly).join('\n');
