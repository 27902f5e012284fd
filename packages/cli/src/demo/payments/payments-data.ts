export interface Invoice {
  readonly id: string;
  readonly customer: string;
  readonly amount_minor: number;
  readonly currency: string;
  readonly recipient_iban: string;
  readonly due: string;
}

/** Made-up companies with IBANs that pass the checksum and belong to nobody: the bank codes do not exist. */
export const invoices: readonly Invoice[] = [
  {
    id: 'INV-2041',
    customer: 'Northwind Paper',
    amount_minor: 12_450,
    currency: 'EUR',
    recipient_iban: 'DE25000000000000002041',
    due: '2026-12-01',
  },
  {
    id: 'INV-2042',
    customer: 'Harbour Cleaning',
    amount_minor: 48_000,
    currency: 'EUR',
    recipient_iban: 'DE95000000000000002042',
    due: '2026-12-05',
  },
];
