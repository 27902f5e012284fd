import jsQr from 'jsqr';

const scale = 4;

/** What a camera reads in a QR code that is drawn as a path of unit squares in a box of `size`; undefined for none. */
export function readQrCode(path: string, size: number): string | undefined {
  const side = size * scale;
  const pixels = new Uint8ClampedArray(side * side * 4).fill(255);
  for (const [, column, row] of path.matchAll(/M(\d+) (\d+)h1v1h-1z/g)) {
    for (let y = Number(row) * scale; y < (Number(row) + 1) * scale; y += 1)
      for (let x = Number(column) * scale; x < (Number(column) + 1) * scale; x += 1)
        pixels.fill(0, (y * side + x) * 4, (y * side + x) * 4 + 3);
  }
  // The types of the package describe a module of another kind than it is.
  const read = (jsQr as unknown as { default?: typeof jsQr }).default ?? jsQr;
  return (
    read as unknown as (data: Uint8ClampedArray, width: number, height: number) => { data: string } | null
  )(pixels, side, side)?.data;
}
