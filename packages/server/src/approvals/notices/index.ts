export { type ApprovalNews, noteNews } from './note-news.ts';
export { notePersonNews, type PersonNews, type PersonNewsKind } from './note-person-news.ts';
