export type { ToolBefore } from './find-changes.ts';
export {
  FINDING_GRADES,
  FINDING_KINDS,
  type FindingGrade,
  type FindingKind,
  isHolding,
  type ToolFinding,
} from './finding.ts';
export { type ScannedTool, scanTools, type ToolScan } from './scan-tools.ts';
export type { KnownTool } from './tool-features.ts';
