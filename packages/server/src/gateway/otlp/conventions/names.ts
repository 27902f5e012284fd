// Every name of a telemetry convention that is known here, and since or until when. All of them are still in development.

/** OpenTelemetry semantic conventions for generative AI, 1.27 to 1.41 and semantic-conventions-genai. */
export const genAi = {
  operation: 'gen_ai.operation.name',
  /** Until 1.36; then `gen_ai.provider.name`. */
  system: 'gen_ai.system',
  requestModel: 'gen_ai.request.model',
  systemInstructions: 'gen_ai.system_instructions',
  inputMessages: 'gen_ai.input.messages',
  outputMessages: 'gen_ai.output.messages',
  toolCallId: 'gen_ai.tool.call.id',
  toolName: 'gen_ai.tool.name',
  toolArguments: 'gen_ai.tool.call.arguments',
  toolResult: 'gen_ai.tool.call.result',
  documents: 'gen_ai.retrieval.documents',
  query: 'gen_ai.retrieval.query.text',
  /** Until 1.27, and Traceloop: text, or the head of indexed names. */
  prompt: 'gen_ai.prompt',
  completion: 'gen_ai.completion',
} as const;

/** Its operations, in our words. */
export const genAiOperations: ReadonlyMap<string, Operation> = new Map([
  ['chat', 'chat'],
  ['text_completion', 'chat'],
  ['generate_content', 'chat'],
  ['embeddings', 'embeddings'],
  ['execute_tool', 'execute_tool'],
  ['retrieval', 'retrieval'],
  ['invoke_agent', 'invoke_agent'],
  ['create_agent', 'invoke_agent'],
  ['invoke_workflow', 'invoke_agent'],
]);

export type Operation =
  | 'chat'
  | 'execute_tool'
  | 'retrieval'
  | 'invoke_agent'
  | 'embeddings'
  | 'mcp'
  | 'other';

/** Events: of logs since 1.38, of spans and logs before. */
export const genAiEvents = {
  details: 'gen_ai.client.inference.operation.details',
  choice: 'gen_ai.choice',
  /** Until 1.37, and who spoke. */
  messages: new Map([
    ['gen_ai.system.message', 'system'],
    ['gen_ai.user.message', 'user'],
    ['gen_ai.assistant.message', 'assistant'],
    ['gen_ai.tool.message', 'tool'],
  ]),
  /** Until 1.27. */
  prompt: 'gen_ai.content.prompt',
  completion: 'gen_ai.content.completion',
} as const;

/** OpenTelemetry conventions for the Model Context Protocol, since 1.39. */
export const mcp = { method: 'mcp.method.name' } as const;

/** OpenInference (Arize), 0.1. */
export const openInference = {
  kind: 'openinference.span.kind',
  inputMessages: 'llm.input_messages',
  outputMessages: 'llm.output_messages',
  input: 'input.value',
  output: 'output.value',
  documents: 'retrieval.documents',
  toolCallId: 'tool_call.id',
  toolName: 'tool.name',
} as const;

/** Its kinds; chains, guardrails and evaluators tell nothing that the others do not. */
export const openInferenceKinds: ReadonlyMap<string, Operation> = new Map([
  ['LLM', 'chat'],
  ['TOOL', 'execute_tool'],
  ['RETRIEVER', 'retrieval'],
  ['RERANKER', 'retrieval'],
  ['EMBEDDING', 'embeddings'],
  ['AGENT', 'invoke_agent'],
]);

/** OpenLLMetry (Traceloop), 0.4x. */
export const traceloop = {
  kind: 'traceloop.span.kind',
  requestType: 'llm.request.type',
  input: 'traceloop.entity.input',
  output: 'traceloop.entity.output',
  toolName: 'traceloop.entity.name',
  /** An event of a vector database's span, and its attributes. */
  result: 'db.query.result',
  resultId: 'db.query.result.id',
  resultDocument: 'db.query.result.document',
} as const;

export const traceloopKinds: ReadonlyMap<string, Operation> = new Map([
  ['tool', 'execute_tool'],
  ['agent', 'invoke_agent'],
  ['workflow', 'invoke_agent'],
]);
export const traceloopRequests: ReadonlyMap<string, Operation> = new Map([
  ['chat', 'chat'],
  ['completion', 'chat'],
  ['embedding', 'embeddings'],
  ['rerank', 'retrieval'],
]);

/** AI SDK (Vercel) before 7, and its legacy telemetry since. */
export const aiSdk = {
  operation: 'ai.operationId',
  prompt: 'ai.prompt',
  messages: 'ai.prompt.messages',
  text: 'ai.response.text',
  toolCalls: 'ai.response.toolCalls',
  toolCallId: 'ai.toolCall.id',
  toolName: 'ai.toolCall.name',
  toolArguments: 'ai.toolCall.args',
  toolResult: 'ai.toolCall.result',
} as const;

export const aiSdkOperations: ReadonlyMap<string, Operation> = new Map([
  ['ai.toolCall', 'execute_tool'],
  ['ai.generateText.doGenerate', 'chat'],
  ['ai.streamText.doStream', 'chat'],
  ['ai.generateObject.doGenerate', 'chat'],
  ['ai.streamObject.doStream', 'chat'],
  ['ai.generateText', 'invoke_agent'],
  ['ai.streamText', 'invoke_agent'],
  ['ai.generateObject', 'invoke_agent'],
  ['ai.streamObject', 'invoke_agent'],
  ['ai.embed', 'embeddings'],
  ['ai.embedMany', 'embeddings'],
  ['ai.rerank', 'retrieval'],
]);

/** OpenTelemetry database conventions, stable (`.name`) and before 1.30. */
export const database = {
  systems: ['db.system.name', 'db.system'],
  operations: ['db.operation.name', 'db.operation'],
  queries: ['db.query.text', 'db.statement'],
} as const;

/** Databases whose answers are read by models; of others only what an instrumentation calls a retrieval is told. */
export const vectorDatabases: ReadonlySet<string> = new Set([
  ...['chroma', 'lancedb', 'marqo', 'milvus', 'pgvector', 'pinecone', 'qdrant', 'vespa', 'weaviate'],
]);
export const readingOperation = /quer|search|get|fetch|select|find|recommend|scroll|retriev/i;

/** Ours: which task and which agent an export or a span is about. */
export const ours = { task: 'countersign.task.id', agent: 'countersign.agent.id' } as const;

/** Facts that are kept as they are told; whatever holds words of people or models is kept as messages, or not at all. */
export const keptAttributes: readonly string[] = [
  ...['gen_ai.agent.id', 'gen_ai.agent.name', 'gen_ai.agent.version', 'gen_ai.conversation.id'],
  ...['gen_ai.data_source.id', genAi.operation, 'gen_ai.output.type', 'gen_ai.prompt.name'],
  ...['gen_ai.provider.name', genAi.requestModel, 'gen_ai.response.finish_reasons', 'gen_ai.response.id'],
  ...['gen_ai.response.model', genAi.system, genAi.toolName, 'gen_ai.tool.type', 'gen_ai.workflow.name'],
  ...['gen_ai.usage.input_tokens', 'gen_ai.usage.output_tokens', 'gen_ai.usage.prompt_tokens'],
  ...['gen_ai.usage.completion_tokens', 'gen_ai.usage.cache_read.input_tokens'],
  ...[mcp.method, 'mcp.protocol.version', 'mcp.resource.uri', 'mcp.session.id', 'jsonrpc.request.id'],
  ...[openInference.kind, openInference.toolName, 'llm.model_name', 'llm.provider', 'llm.system'],
  ...['llm.token_count.prompt', 'llm.token_count.completion', 'session.id', 'embedding.model_name'],
  ...[traceloop.kind, traceloop.requestType, traceloop.toolName, 'traceloop.workflow.name'],
  ...[aiSdk.operation, aiSdk.toolName, 'ai.model.id', 'ai.model.provider', 'ai.response.model'],
  ...['ai.response.finishReason', 'ai.telemetry.functionId', 'ai.usage.inputTokens', 'ai.usage.outputTokens'],
  ...[...database.systems, ...database.operations, 'db.collection.name', 'db.namespace'],
  ...['error.type', 'server.address', 'event.name'],
];
