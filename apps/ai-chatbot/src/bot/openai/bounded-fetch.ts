/** An answer has at most 262,144 characters; each may come in an event of its own, of some hundred bytes. */
const maxResponseBytes = 67_108_864;

/** `fetch`, but a body without end breaks off: the client collects a line, or an error's body, however long it is. */
export async function boundedFetch(input: string | URL | Request, init?: RequestInit): Promise<Response> {
  const response = await fetch(input, init);
  if (!response.body) return response;
  let bytes = 0;
  const bound = new TransformStream<Uint8Array, Uint8Array>({
    transform(chunk, controller) {
      bytes += chunk.byteLength;
      if (bytes > maxResponseBytes) controller.error(new Error('the body is too long'));
      else controller.enqueue(chunk);
    },
  });
  return new Response(response.body.pipeThrough(bound), response);
}
