export { type CliParts, runCli } from './run-cli.ts';
