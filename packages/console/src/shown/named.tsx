import { useNames } from '../people/use-names.ts';
import { Honest } from './honest.tsx';
import { shortenId } from './identifier.tsx';

/** Who an id stands for: the name where it may be read, else the id's end. */
export function Named({ id }: { readonly id: string }) {
  const name = useNames().get(id);
  if (name === undefined) return <code title={id}>{shortenId(id)}</code>;
  return (
    <span title={id}>
      <Honest text={name} />
    </span>
  );
}
