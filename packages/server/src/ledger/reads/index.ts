export { describeShown, type Shown } from './read-windows.ts';
export { recordRead } from './record-read.ts';
export { mountReaders } from './routes.ts';
export { tellRepeats } from './tell-repeats.ts';
