/** Where several gateways write one ledger: of which stream. */
export const streamOption = {
  flags: '--stream <name>',
  summary: 'of this stream, as `ledger streams` names it; without it of the gateway that answers',
};
