import { useCanGoBack, useNavigate, useRouter } from '@tanstack/react-router';
import { useEffect, useEffectEvent, useRef } from 'react';
import { destinations } from './destinations.ts';

const prefixMilliseconds = 1_000;

/** `g` and a letter goes, `/` searches, `j` and `k` move between rows, `b` and `f` step to cause and effect, `B` back, `Escape` closes the panel, `?` helps. */
export function useKeyboard(onHelp: () => void): void {
  const navigate = useNavigate();
  const { history } = useRouter();
  const canGoBack = useCanGoBack();
  const prefixedAt = useRef(Number.NEGATIVE_INFINITY);
  const press = useEffectEvent((event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector('dialog[open]')) return;
    if (isTyping(event.target)) {
      if (event.key === 'Escape' && event.target instanceof HTMLElement) event.target.blur();
      return;
    }
    const isPrefixed = event.timeStamp - prefixedAt.current < prefixMilliseconds;
    prefixedAt.current = Number.NEGATIVE_INFINITY;
    const destination = isPrefixed ? destinations.find(({ key }) => key === event.key) : undefined;
    if (destination !== undefined) void navigate({ to: destination.to });
    else if (event.key === 'g') prefixedAt.current = event.timeStamp;
    else if (event.key === '?') onHelp();
    else if (event.key === 'j') moveFocus(1);
    else if (event.key === 'k') moveFocus(-1);
    else if (event.key === 'b') document.querySelector<HTMLElement>('[data-cause]')?.click();
    else if (event.key === 'f') document.querySelector<HTMLElement>('[data-effect]')?.click();
    else if (event.key === 'B' && canGoBack) history.back();
    else if (event.key === 'Escape') document.querySelector<HTMLElement>('[data-close]')?.click();
    else if (event.key === '/') document.querySelector<HTMLElement>('[data-search]')?.focus();
    else return;
    event.preventDefault();
  });
  useEffect(() => {
    const listen = (event: KeyboardEvent) => press(event);
    document.addEventListener('keydown', listen);
    return () => document.removeEventListener('keydown', listen);
  }, []);
}

function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLInputElement ||
    target instanceof HTMLSelectElement ||
    target instanceof HTMLTextAreaElement
  );
}

function moveFocus(step: 1 | -1): void {
  const rows = [...document.querySelectorAll<HTMLElement>('[data-row]')];
  const at = rows.findIndex((row) => row.matches(':focus'));
  const next = at < 0 ? rows[0] : rows[Math.min(rows.length - 1, Math.max(0, at + step))];
  next?.focus();
  next?.scrollIntoView({ block: 'nearest' });
}
