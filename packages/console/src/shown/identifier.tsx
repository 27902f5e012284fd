import { CopyButton } from './copy-button.tsx';

/** An id in mono with a button that copies all of it; `isShort` shows its end only, which is what differs. */
export function Identifier({ id, isShort = false }: { readonly id: string; readonly isShort?: boolean }) {
  return (
    <span className="identifier">
      <code title={id}>{isShort ? shortenId(id) : id}</code>
      <CopyButton text={id} what={id} />
    </span>
  );
}

/** `agt_…4F9Q2K`: ids made in one moment begin alike. */
export function shortenId(id: string): string {
  return /^[a-z]{3}_.{26}$/.test(id) ? `${id.slice(0, 4)}…${id.slice(-6)}` : id;
}
