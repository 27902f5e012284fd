import { Problem } from './problem.ts';

/** Whether the server asks for a sign-in first; the browser is then on its way to that page. */
export function isSignedOut(error: unknown): boolean {
  return error instanceof Problem && error.code === 'person.sign_in_required';
}
