import { CopyButton } from './copy-button.tsx';

/** The command line that shows or does the same, to be copied. */
export function Command({ text }: { readonly text: string }) {
  return (
    <p className="command">
      <code>{text}</code>
      <CopyButton text={text} what="as CLI" />
    </p>
  );
}
