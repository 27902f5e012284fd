export { issueReceipt } from './issue-receipt.ts';
export { loadReceiptKeys, type ReceiptKeys } from './receipt-keys.ts';
export { createReceiptRoutes, mountReceipt } from './routes.ts';
