export { createCausalSource } from './create-causal-source.ts';
export { explainRecord, traceImpact } from './explain-record.ts';
export { mountCausality } from './routes.ts';
