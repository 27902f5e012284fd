import { DATETIME_FUNCTIONS } from './datetime.ts';
import { DECIMAL_FUNCTIONS } from './decimal.ts';
import { DURATION_FUNCTIONS } from './duration.ts';
import type { ExtensionFunction } from './extension-function.ts';
import { IP_FUNCTIONS } from './ip.ts';

export { formatDecimal } from './decimal.ts';
export type { ExtensionFunction } from './extension-function.ts';
export { formatIp } from './ip.ts';

/** Every extension function of Cedar, by its name in policies and in values (`__extn`). */
export const EXTENSION_FUNCTIONS: ReadonlyMap<string, ExtensionFunction> = new Map([
  ...DECIMAL_FUNCTIONS,
  ...IP_FUNCTIONS,
  ...DATETIME_FUNCTIONS,
  ...DURATION_FUNCTIONS,
]);
