/** CAEP 1.0 §3.8, in lower case. */
export const riskLevels = ['low', 'medium', 'high'] as const;
export type RiskLevel = (typeof riskLevels)[number];

/** People whose risk is not low, by id. */
export type RaisedRisks = ReadonlyMap<string, RiskLevel>;

export function worstRisk(levels: Iterable<RiskLevel>): RiskLevel {
  let worst: RiskLevel = 'low';
  for (const level of levels) if (riskLevels.indexOf(level) > riskLevels.indexOf(worst)) worst = level;
  return worst;
}
