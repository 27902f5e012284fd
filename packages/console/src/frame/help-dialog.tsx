import { Dialog } from '../shown/dialog.tsx';
import { destinations } from './destinations.ts';

const others: readonly (readonly [string, string])[] = [
  ['j  k', 'Next and previous row'],
  ['Enter', 'Open the row'],
  ['b', 'Why: step to the cause'],
  ['f', 'What followed: step on'],
  ['Shift  B', 'Step back'],
  ['/', 'Search'],
  ['Escape', 'Close the panel'],
  ['?', 'This help'],
];

/** Every key the console knows. No key decides or stops anything by itself. */
export function HelpDialog({ onClose }: { readonly onClose: () => void }) {
  const keys = [...destinations.map(({ name, key }) => [`g  ${key}`, `Go to ${name}`] as const), ...others];
  return (
    <Dialog title="Keyboard" onClose={onClose}>
      <dl className="keys">
        {keys.map(([key, does]) => (
          <div key={key}>
            <dt>
              {key.split('  ').map((part) => (
                <kbd key={part}>{part}</kbd>
              ))}
            </dt>
            <dd>{does}</dd>
          </div>
        ))}
      </dl>
      <p className="quiet">
        On an approval: d and a move to Deny and Approve; deciding takes a press of its own.
      </p>
    </Dialog>
  );
}
