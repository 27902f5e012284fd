/**
 * Where to go after signing in: a path of this origin, or `/`. Hostile: it comes from a link, and must not lead to
 * another site (`//host`, `/\host`, schemes, control characters that browsers drop).
 */
export function toSafeReturnPath(value: string | undefined): string {
  if (value === undefined || value.length > 512) return '/';
  if (!/^\/(?![/\\])[A-Za-z0-9/_.~%?=&:,-]*$/.test(value)) return '/';
  const base = 'https://here.invalid';
  return URL.canParse(value, base) && new URL(value, base).origin === base ? value : '/';
}
