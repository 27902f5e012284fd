import makeCode from 'qrcode-generator';
import { type Html, html } from '../../../http/html.ts';

const margin = 4;

/** A QR code (ISO/IEC 18004) as a picture of one path: nothing is loaded and nothing runs. */
export function drawCode(text: string, label: string): Html {
  const code = makeCode(0, 'M');
  code.addData(text);
  code.make();
  const size = code.getModuleCount();
  const path: string[] = [];
  for (let row = 0; row < size; row += 1)
    for (let column = 0; column < size; column += 1)
      if (code.isDark(row, column)) path.push(`M${column + margin} ${row + margin}h1v1h-1z`);
  const box = size + 2 * margin;
  return html`<svg class="code" role="img" aria-label="${label}" viewBox="0 0 ${box} ${box}" shape-rendering="crispEdges"><rect width="${box}" height="${box}" fill="#fff"/><path fill="#000" d="${path.join('')}"/></svg>`;
}
