/** Where the type of receipts is described; their `vct`. */
export function receiptTypeUrl(issuer: string): string {
  return `${issuer}/approvals/receipts/v1`;
}

/** Where the status of receipts is published. */
export function receiptListUrl(issuer: string, list: string): string {
  return `${issuer}/approvals/receipts/status/${list}`;
}
