/** One error of the product: what the caller sees, what the operator needs. The page is docs/errors/<code>.md. */
export interface ErrorEntry {
  /** HTTP status on the control plane and, where the protocol allows it, on front doors. */
  readonly status: number;
  /** JSON-RPC error code on MCP front doors. */
  readonly jsonRpc: number;
  /** True when the same request may succeed later without any change by the caller. */
  readonly retryable: boolean;
  /** Text for callers and models; says nothing about policy or existence. */
  readonly caller: string;
  /** Text for operators. */
  readonly operator: string;
}
