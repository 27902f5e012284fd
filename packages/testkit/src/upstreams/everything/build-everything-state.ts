import { randomBytes } from 'node:crypto';
import { createRequestStateCodec } from '@modelcontextprotocol/server';
import type { EverythingState, JsonObject } from './everything-tool.ts';
import { TaskBoard } from './task-board.ts';

export function buildEverythingState(announce: {
  toolChange: () => void;
  promptChange: () => void;
}): EverythingState {
  const codec = createRequestStateCodec<JsonObject>({ key: randomBytes(32) });
  return {
    tasks: new TaskBoard(),
    sealState: (payload) => codec.mint(payload),
    openState: (sealed, context) => codec.verify(sealed, context),
    announceToolChange: announce.toolChange,
    announcePromptChange: announce.promptChange,
  };
}
