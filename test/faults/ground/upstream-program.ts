#!/usr/bin/env node
import { PLAIN_TOOLS, startPlainUpstream } from '@countersign/testkit';
import { FORBIDDEN_TOOL } from './marks.ts';

// An honest upstream as a process of its own: nothing that happens to the server reaches its journal file, argv[2].
const [file = ''] = process.argv.slice(2);
const [echo] = PLAIN_TOOLS;
if (echo === undefined) throw new Error('there is no tool to copy');
const tools = [...PLAIN_TOOLS, { ...echo, name: FORBIDDEN_TOOL }];
const { url } = await startPlainUpstream({ file, fsync: true, tools });
process.stdout.write(`${url}\n`);
