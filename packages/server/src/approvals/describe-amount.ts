import { findAtPointer, type JsonObject } from '@countersign/core';
import type { DecisionRequest } from '../policies/index.ts';

export interface Amount {
  readonly minor: number;
  readonly currency: string | null;
}

/** The one amount that the tool's pointer names; null when there is none or several. */
export function readAmount({ tool }: Pick<DecisionRequest, 'tool'>, args: JsonObject): Amount | null {
  if (tool === null || tool.amountPointer === null) return null;
  const found = findAtPointer(args, tool.amountPointer);
  const [minor] = found;
  return found.length === 1 && typeof minor === 'number' && Number.isSafeInteger(minor)
    ? { minor, currency: readCurrency(tool.amountCurrency, args) }
    : null;
}

/** The tool's currency, which may be a pointer to an argument that names it. */
function readCurrency(currency: string | null, args: JsonObject): string | null {
  if (currency === null || !currency.startsWith('/')) return currency;
  const [named] = findAtPointer(args, currency);
  return typeof named === 'string' ? named : null;
}

/** `EUR 1,240.00 (124000 minor units)`: the second figure is what the upstream will read. */
export function formatAmount(amount: Amount): string {
  const money = formatMoney(amount);
  return isCurrency(amount.currency) ? `${money} (${amount.minor} minor units)` : money;
}

/** `EUR 1,240.00`, or the minor units where the currency is none. */
export function formatMoney({ minor, currency }: Amount): string {
  if (!isCurrency(currency)) return `${minor} minor units`;
  const format = new Intl.NumberFormat('en', { style: 'currency', currency, currencyDisplay: 'code' });
  const digits = format.resolvedOptions().maximumFractionDigits ?? 2;
  return format.format(minor / 10 ** digits).replace(/\u00a0/g, ' ');
}

function isCurrency(currency: string | null): currency is string {
  return currency !== null && /^[A-Z]{3}$/.test(currency);
}
