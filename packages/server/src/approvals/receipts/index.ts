export { issueReceipt } from './issue-receipt.ts';
export { listReceipts } from './list-receipts.ts';
export { loadReceiptKeys, type ReceiptKeys } from './receipt-keys.ts';
export { createReceiptRoutes, mountReceipt } from './routes.ts';
