import type { Config } from '../../config/config.ts';

/** One platform in the configuration. */
export type WorkloadTrust = Config['workloads'][number];
