export { findOperation } from './find-operation.ts';
export { type Address, readAddress } from './read-address.ts';
export { readArguments } from './read-arguments.ts';
export { type ReceivedBody, receiveBody } from './receive-body.ts';
export { createHttpDoor, readAccept, readTraceparent } from './serve-http.ts';
export { type AnswerParts, openAnswer, writeAnswer } from './write-answer.ts';
