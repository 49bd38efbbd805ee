import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/** One message of PostgreSQL: a byte that names its type, and its length without that byte. */
interface Answer {
  readonly type: string;
  readonly bytes: Buffer;
}

export interface AnswerProxy {
  readonly url: string;
  close(): Promise<void>;
}

/**
 * Stands before a database and hands its answers on in pieces of its own making, as a network may.
 * @param piecesOf what is written for an answer, each piece read by itself.
 */
export async function openAnswerProxy(
  databaseUrl: string,
  piecesOf: (answer: Answer) => Buffer[],
): Promise<AnswerProxy> {
  const database = new URL(databaseUrl);
  const sockets = new Set<Socket>();
  const server = createServer({ noDelay: true }, (client) => {
    const upstream = connect(Number(database.port), database.hostname);
    for (const [socket, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      sockets.add(socket);
      socket.on('error', () => other.destroy());
      socket.on('close', () => other.destroy());
    }
    client.pipe(upstream);
    void handOn(upstream, client, piecesOf);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = new URL(databaseUrl);
  url.hostname = '127.0.0.1';
  url.port = String((server.address() as AddressInfo).port);
  return {
    url: url.href,
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function handOn(upstream: Socket, client: Socket, piecesOf: (answer: Answer) => Buffer[]) {
  let rest: Buffer = Buffer.alloc(0);
  try {
    for await (const chunk of upstream) {
      rest = Buffer.concat([rest, chunk as Buffer]);
      for (let length = answerLength(rest); length <= rest.length; length = answerLength(rest)) {
        const bytes = rest.subarray(0, length);
        rest = rest.subarray(length);
        for (const piece of piecesOf({ type: String.fromCharCode(bytes[0]!), bytes })) {
          await new Promise((resolve) => client.write(piece, resolve));
          // The other side has read it before the next one is written.
          await new Promise((resolve) => setImmediate(resolve));
        }
      }
    }
  } catch {
    // One of the two is gone, which ends the other.
  }
}

function answerLength(bytes: Buffer): number {
  return bytes.length < 5 ? Infinity : 1 + bytes.readInt32BE(1);
}
