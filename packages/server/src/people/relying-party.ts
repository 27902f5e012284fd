/** This server as WebAuthn sees it; both follow from the one configured address, never from the request. */
export interface RelyingParty {
  readonly origin: string;
  readonly id: string;
}

export function readRelyingParty(publicUrl: string): RelyingParty {
  const { origin, hostname } = new URL(publicUrl);
  return { origin, id: hostname };
}
