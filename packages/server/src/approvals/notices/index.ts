export { deliverCards } from './deliver-cards.ts';
export { createPushDevices } from './devices/index.ts';
export { forgetCards } from './forget-cards.ts';
export { type ApprovalNews, noteNews } from './note-news.ts';
export { notePersonNews, type PersonNews, type PersonNewsKind } from './note-person-news.ts';
export { createNoticeState, type NoticeState } from './notice-state.ts';
export { phonePages } from './page/routes.ts';
export { noticeRoutes, personChannelRoutes } from './routes.ts';
