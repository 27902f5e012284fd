import { answerPlainly, PLAIN_TOOLS, startHttpUpstream, type Upstream } from '@countersign/testkit';

export interface WaitingUpstream extends Upstream {
  /** How many calls of `wait` their caller has left. */
  abandoned(): number;
}

const TOOLS = [
  ...PLAIN_TOOLS,
  {
    name: 'wait',
    description: 'Works until its caller goes away',
    inputSchema: { type: 'object', properties: {}, additionalProperties: false },
    annotations: { readOnlyHint: true },
  },
];

/** The plain upstream with one tool more, which takes its call, begins an answer and is never done. */
export async function startWaitingUpstream(): Promise<WaitingUpstream> {
  const honest = answerPlainly({ tools: TOOLS });
  let abandoned = 0;
  const upstream = await startHttpUpstream((request, response, message) => {
    if (message?.method !== 'tools/call' || message.params?.name !== 'wait') {
      return honest(request, response, message);
    }
    response.on('close', () => {
      abandoned += 1;
    });
    response.writeHead(200, { 'content-type': 'text/event-stream' }).flushHeaders();
  });
  return { ...upstream, abandoned: () => abandoned };
}
