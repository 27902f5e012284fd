/** Lines as a body, made as they are read, each with its end. Whoever stops reading stops the making. */
export function streamLines(
  lines: AsyncGenerator<string, void, void>,
  end = '\n',
): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  return new ReadableStream<Uint8Array>({
    pull: async (controller) => {
      const { done, value } = await lines.next();
      if (done === true) controller.close();
      else controller.enqueue(encoder.encode(value + end));
    },
    cancel: async () => {
      await lines.return();
    },
  });
}
