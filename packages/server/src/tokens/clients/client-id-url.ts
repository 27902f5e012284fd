const maxLength = 256;

/**
 * Whether hostile text is the URL of a client ID metadata document: https with a path, in its one normal spelling, without
 * user, fragment or dot segments (draft-ietf-oauth-client-id-metadata-document-01 §3).
 */
export function isClientIdUrl(text: string): boolean {
  if (text.length > maxLength || !text.startsWith('https://') || text.includes('#')) return false;
  const url = URL.parse(text);
  if (url === null || url.href !== text || url.username !== '' || url.password !== '') return false;
  return url.pathname !== '/' && !/%2e/i.test(url.pathname);
}
