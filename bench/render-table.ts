/** Two columns, nested objects indented. */
export function renderTable(figures: Readonly<Record<string, unknown>>, indent = ''): string {
  return Object.entries(figures)
    .map(([key, value]) =>
      typeof value === 'object' && value !== null
        ? `${indent}${key}\n${renderTable(value as Record<string, unknown>, `${indent}  `)}`
        : `${(indent + key).padEnd(42)} ${typeof value === 'number' ? formatNumber(value) : String(value)}`,
    )
    .join('\n');
}

export function formatNumber(value: number): string {
  if (Number.isInteger(value)) return String(value);
  return Math.abs(value) >= 100 ? value.toFixed(0) : value.toFixed(3);
}
