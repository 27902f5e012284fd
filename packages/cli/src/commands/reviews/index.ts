import type { CommandDefinition } from '../../command.ts';
import { closeReview, reportReview } from './close.ts';
import { listReviews } from './list.ts';
import { openReview } from './open.ts';
import { showPolicyChange } from './policy.ts';
import { scheduleReviews } from './schedule.ts';
import { showReview, undoItem } from './show.ts';
import { verifyReport } from './verify.ts';

export const commands: readonly CommandDefinition[] = [
  openReview,
  listReviews,
  showReview,
  showPolicyChange,
  undoItem,
  closeReview,
  reportReview,
  scheduleReviews,
  verifyReport,
];
