const longestSeq = 8;
let scratch = new Uint8Array(1_024);

/** Ascending `seq`s as the differences between them, seven bits a byte, least significant first (LEB128). */
export function writeSeqs(seqs: readonly number[]): Uint8Array {
  if (scratch.length < seqs.length * longestSeq) scratch = new Uint8Array(seqs.length * longestSeq);
  let length = 0;
  let before = 0;
  for (const seq of seqs) {
    let rest = seq - before;
    before = seq;
    for (; rest >= 128; rest = Math.floor(rest / 128)) scratch[length++] = (rest % 128) + 128;
    scratch[length++] = rest;
  }
  return scratch.slice(0, length);
}

export function readSeqs(bytes: Uint8Array): number[] {
  const seqs: number[] = [];
  let before = 0;
  let rest = 0;
  let scale = 1;
  for (const byte of bytes) {
    rest += (byte % 128) * scale;
    scale *= 128;
    if (byte >= 128) continue;
    before += rest;
    seqs.push(before);
    rest = 0;
    scale = 1;
  }
  return seqs;
}
