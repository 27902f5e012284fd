const MOST_WORDS = 12;
const FEW_WORDS = 4;
const LONGEST = 4096;
/** An address among other words: whoever wrote it wants something done with it. */
const ADDRESSED = /https?:|www\.|[^\s@]@[^\s@]/;

/**
 * Whether a text says something, where a name, an id or an amount was to be expected. A field that is believed holds what
 * its system keeps; whoever may choose the name of a thing there can write a letter into it.
 */
export function isProse(text: string): boolean {
  if (text.length > LONGEST) return true;
  return text.split('\n').some((line) => {
    const words = line.split(/\s+/).filter((word) => word !== '').length;
    return words > MOST_WORDS || (words >= FEW_WORDS && ADDRESSED.test(line));
  });
}
