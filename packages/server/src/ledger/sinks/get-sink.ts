import { AppError } from '@countersign/api';
import type { Context } from '../../context.ts';
import type { FedSink } from './sink-state.ts';

/** Throws `ledger.sink_not_found`. */
export function getSink({ sinks }: Pick<Context, 'sinks'>, name: string): FedSink {
  const fed = sinks.fed.get(name);
  if (fed === undefined) throw new AppError('ledger.sink_not_found');
  return fed;
}
