import { database, notices, plannedUtilisation, prices, recordsOfAction, target } from './assumptions.ts';
import type { Costs } from './measured-costs.ts';

export interface CellSize {
  readonly gateways: number;
  readonly coresOfGateway: number;
  /** Of one cell, with that many gateways, when nothing more fits. */
  readonly saturatedPerSecond: number;
}

const hoursOfMonth = 730;
const secondsOfMonth = hoursOfMonth * 3600;
const gigabyte = 1e9;

/** How many of everything, and what a month of it costs. */
export function sizeDeployment(costs: Costs, cell: CellSize) {
  const { actionsPerSecond, agents, regions } = target;
  const planned = cell.saturatedPerSecond * plannedUtilisation;
  // One region less must carry everything.
  const cellsOfRegion = Math.ceil(actionsPerSecond / planned / (regions - 1));
  const cells = cellsOfRegion * regions;
  const gateways = cells * cell.gateways;
  const gatewayCores = gateways * cell.coresOfGateway;
  const databaseCores = cells * database.copies * database.cores;
  const recordsPerSecond = actionsPerSecond * recordsOfAction;
  const bytesPerSecond = recordsPerSecond * costs.bytesOfRecord;
  const hotGigabytes = (bytesPerSecond * 86_400 * database.hotDays * database.copies) / gigabyte;
  const monthGigabytes = (bytesPerSecond * secondsOfMonth) / gigabyte;
  const noticeBytes = notices.perSecond * notices.bytes * (regions - 1);
  const cost = {
    gateways: gatewayCores * prices.coreHour * hoursOfMonth,
    databases: databaseCores * prices.databaseCoreHour * hoursOfMonth,
    disk_of_one_day: hotGigabytes * prices.diskGigabyteMonth,
    objects_of_one_month: monthGigabytes * prices.objectGigabyteMonth,
    records_to_second_site: monthGigabytes * prices.gigabyteBetweenRegions,
    notices_between_regions: ((noticeBytes * secondsOfMonth) / gigabyte) * prices.gigabyteBetweenRegions,
  };
  const total = Object.values(cost).reduce((sum, one) => sum + one, 0);
  return {
    calls_per_s_planned_cell: planned,
    cells,
    cells_of_region: cellsOfRegion,
    gateways,
    gateway_cores: gatewayCores,
    database_clusters: cells,
    database_cores: databaseCores,
    agents_of_cell: agents / cells,
    agents_of_gateway: agents / gateways,
    memory_mb_of_agents_of_gateway: (agents / gateways) * (costs.kilobytesOfAgent / 1024),
    tasks_in_memory_of_gateway: costs.tasksInMemory,
    records_per_s: recordsPerSecond,
    records_per_s_of_cell: recordsPerSecond / cells,
    ledger_gb_per_s: bytesPerSecond / gigabyte,
    ledger_tb_a_day: (bytesPerSecond * 86_400) / 1e12,
    notices_between_regions_mb_per_s: noticeBytes / 1e6,
    cost_a_month: cost,
    cost_a_month_total: total,
    cost_of_a_million_actions: (total / (actionsPerSecond * secondsOfMonth)) * 1e6,
  };
}
