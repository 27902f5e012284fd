/** Answers what the bench asks this child process; how much processor time it took, every child says alike. */
export function answerMessages<Request extends { readonly kind: string }>(
  answer: (request: Request) => Promise<object>,
): void {
  process.on('message', (request: Request) => {
    const answered = request.kind === 'cpu' ? readCpu() : answer(request);
    answered.then(
      (message) => process.send?.(message),
      (error: unknown) => process.send?.({ error: String(error) }),
    );
  });
}

async function readCpu(): Promise<object> {
  const { user, system } = process.cpuUsage();
  return { microseconds: user + system };
}
