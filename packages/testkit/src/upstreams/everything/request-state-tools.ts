import { acceptedContent, inputRequired } from '@modelcontextprotocol/server';
import { type EverythingState, type EverythingTool, NO_ARGUMENTS, textResult } from './everything-tool.ts';
import {
  acceptedText,
  askForCompletion,
  askForText,
  listedRoots,
  sampledText,
} from './input-required-tools.ts';

/** Tools whose `input_required` carries a sealed `requestState` (SEP-2322). */
export function buildRequestStateTools(state: EverythingState): readonly EverythingTool[] {
  const confirm = inputRequired.elicit({
    message: 'Please confirm',
    requestedSchema: { type: 'object', properties: { ok: { type: 'boolean' } }, required: ['ok'] },
  });
  const confirmedOnce = (name: string, done: string): EverythingTool => ({
    name,
    description: 'Asks for a confirmation and checks that its state came back untouched',
    inputSchema: NO_ARGUMENTS,
    async call(_args, { mcpReq }) {
      const confirmed = acceptedContent(mcpReq.inputResponses, 'confirm') !== undefined;
      // The server opens the state before any tool runs, so what is here was sealed here.
      if (confirmed && mcpReq.requestState() !== undefined) return textResult(done);
      return inputRequired({
        inputRequests: { confirm },
        requestState: await state.sealState({ tool: name }),
      });
    },
  });
  return [
    confirmedOnce('test_input_required_result_request_state', 'state-ok: confirmed'),
    confirmedOnce('test_input_required_result_tampered_state', 'integrity-ok: confirmed'),
    {
      name: 'test_input_required_result_multiple_inputs',
      description: 'Asks for three kinds of input in one round',
      inputSchema: NO_ARGUMENTS,
      async call(_args, context) {
        const name = acceptedText(context, 'user_name', 'name');
        const greeting = context.mcpReq.inputResponses?.greeting;
        const roots = listedRoots(context);
        if (name !== undefined && greeting !== undefined && roots !== undefined) {
          return textResult(`${sampledText(greeting)} ${name}, ${roots.length} root(s)`);
        }
        return inputRequired({
          inputRequests: {
            user_name: askForText('What is your name?', 'name'),
            greeting: askForCompletion('Generate a greeting'),
            client_roots: inputRequired.listRoots(),
          },
          requestState: await state.sealState({ tool: 'multiple_inputs' }),
        });
      },
    },
    {
      name: 'test_input_required_result_multi_round',
      description: 'Asks twice; the state says which round it is',
      inputSchema: NO_ARGUMENTS,
      async call(_args, context) {
        const opened = context.mcpReq.requestState<{ round?: unknown; name?: unknown }>();
        if (opened?.round === 1) {
          const name = acceptedText(context, 'step1', 'name') ?? 'unknown';
          return inputRequired({
            inputRequests: { step2: askForText('Step 2: What is your favorite color?', 'color') },
            requestState: await state.sealState({ round: 2, name }),
          });
        }
        if (opened?.round === 2) {
          return textResult(
            `${String(opened.name)} likes ${acceptedText(context, 'step2', 'color') ?? 'none'}`,
          );
        }
        return inputRequired({
          inputRequests: { step1: askForText('Step 1: What is your name?', 'name') },
          requestState: await state.sealState({ round: 1 }),
        });
      },
    },
  ];
}
