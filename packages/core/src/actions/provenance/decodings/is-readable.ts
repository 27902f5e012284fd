/** Whether bytes, a unit each, are a text: no control characters, and most of it ASCII. What is decoded by chance hardly ever is. */
export function isReadable(bytes: string): boolean {
  let wide = 0;
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes.charCodeAt(at);
    if (byte >= 127) wide++;
    else if (byte < 32 && byte !== 9 && byte !== 10 && byte !== 13) return false;
    if (wide * 4 > bytes.length) return false;
  }
  return true;
}
