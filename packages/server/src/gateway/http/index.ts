export { findOperation } from './find-operation.ts';
export { type Address, readAddress } from './read-address.ts';
export { readArguments } from './read-arguments.ts';
export { receiveBody } from './receive-body.ts';
export { createHttpDoor } from './serve-http.ts';
