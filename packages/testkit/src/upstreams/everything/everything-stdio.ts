#!/usr/bin/env node
import { serveStdio } from '@modelcontextprotocol/server/stdio';
import { buildEverythingServer } from './build-everything-server.ts';
import { buildEverythingState } from './build-everything-state.ts';

// The fixture as a program, for upstreams that are started as a process; speaks both revisions.
const state = buildEverythingState({ toolChange: () => {}, promptChange: () => {} });
serveStdio(() => buildEverythingServer(state));
