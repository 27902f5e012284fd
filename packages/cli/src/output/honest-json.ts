/** Characters that a terminal acts on or does not show; JSON may spell them all as escapes without another meaning. */
const unsafe =
  /[\u007f-\u009f\p{Cf}\p{Co}\p{Zl}\p{Zp}\p{Variation_Selector}\p{Default_Ignorable_Code_Point}]/gu;

/** JSON that is safe to look at in a terminal and parses to exactly the same value. */
export function writeHonestJson(value: unknown, indent?: number): string {
  const text = JSON.stringify(value, null, indent) ?? 'null';
  return text.replaceAll(unsafe, (character) => {
    let escaped = '';
    for (let unit = 0; unit < character.length; unit++) {
      escaped += `\\u${character.charCodeAt(unit).toString(16).padStart(4, '0')}`;
    }
    return escaped;
  });
}
