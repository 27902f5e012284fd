/** What is written in Unicode tag characters, which show nowhere (U+E0020 to U+E007E are ASCII's twins); undefined where nothing is. */
export function decodeTags(text: string): string | undefined {
  if (!text.includes('\udb40')) return undefined;
  return text.replace(/[\u{e0020}-\u{e007e}]/gu, (tag) =>
    String.fromCharCode((tag.codePointAt(0) ?? 0) - 0xe0000),
  );
}
