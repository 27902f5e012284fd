export { createPeersDoor, isForPeers } from './serve-a2a.ts';
