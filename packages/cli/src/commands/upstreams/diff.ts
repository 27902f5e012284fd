import { defineCommand } from '../../command.ts';
import { showHonestly } from '../../output/honest-text.ts';
import { ShownText } from '../../output/printer.ts';
import { labelFields, readToolPath, showFindings, type ToolFacts, toolFields } from './upstream.ts';

export interface ToolReview extends ToolFacts {
  readonly pinned: object | null;
  readonly offered: object | null;
  readonly differences: readonly {
    readonly path: string;
    readonly before?: unknown;
    readonly after?: unknown;
  }[];
  readonly hidden: readonly { readonly where: string; readonly path: string; readonly shown: string }[];
}

export const diffTool = defineCommand({
  usage: 'diff <tool>',
  summary:
    'what a held tool changed, why it is proposed to be what it is, what the scan found in it, and any text that would not look like what it is',
  examples: ['upstreams diff payments/send_payment'],
  async run(session, _options, named = '') {
    const review = await session.api().get<ToolReview>(readToolPath(named));
    session.print.item(review, [
      ...toolFields,
      ['FULL DIGEST', ({ digest, offeredDigest }) => offeredDigest ?? digest],
      [
        'BECAUSE',
        ({ proposal }) => new ShownText(proposal.because.map((why) => showHonestly(why)).join('\n')),
      ],
      ...labelFields,
      ['FINDINGS', ({ findings }) => showFindings(findings)],
      ['CHANGES', describeChanges],
      [
        'HIDDEN',
        ({ hidden }) =>
          new ShownText(
            hidden.map((one) => showHonestly(`${one.where}${one.path}: ${one.shown}`)).join('\n'),
          ),
      ],
    ]);
    if (review.offeredDigest !== null)
      session.print.next(
        `upstreams accept ${showHonestly(named)} --digest ${review.offeredDigest}${review.findingsDigest === null ? '' : ` --findings ${review.findingsDigest}`}`,
      );
    return undefined;
  },
});

function describeChanges({ pinned, offered, differences }: ToolReview): ShownText {
  const shown = (value: unknown) => showHonestly(JSON.stringify(value) ?? 'nothing');
  if (pinned === null) return new ShownText(`new: ${shown(offered)}`);
  if (offered === null) return new ShownText('none');
  return new ShownText(
    differences
      .map(({ path, before, after }) => `${showHonestly(path)}\n  - ${shown(before)}\n  + ${shown(after)}`)
      .join('\n'),
  );
}
