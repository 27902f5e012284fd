export { createHttpDoor } from './serve-http.ts';
