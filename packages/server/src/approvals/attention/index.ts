export { pauseAfterDenials } from './pause-after-denials.ts';
export { mountAttention } from './routes.ts';
export { findAsked, spendAttention } from './spend-attention.ts';
