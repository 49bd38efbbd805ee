import { createServer, connect, type Server, type Socket } from 'node:net';

/**
 * - `pass`: the database is there.
 * - `refuse`: it is stopped; connections break and new ones are closed at once.
 * - `hang`: it is paused; connections stay open and nothing comes back.
 */
export type ProxyMode = 'pass' | 'refuse' | 'hang';

/** Stands between a test and its PostgreSQL, and is as unreliable as it is told to be. */
export class FlakyProxy {
  /** The database's connection string, through the proxy. */
  readonly url: string;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #mode: ProxyMode = 'pass';

  private constructor(server: Server, url: string) {
    this.#server = server;
    this.url = url;
  }

  static async to(databaseUrl: string): Promise<FlakyProxy> {
    const target = new URL(databaseUrl);
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('the proxy has no port');
    const url = new URL(databaseUrl);
    url.hostname = '127.0.0.1';
    url.port = String(address.port);
    const proxy = new FlakyProxy(server, url.toString());
    server.on('connection', (client) => proxy.#serve(client, Number(target.port || 5432), target.hostname));
    return proxy;
  }

  become(mode: ProxyMode): void {
    this.#mode = mode;
    for (const socket of this.#sockets) {
      if (mode === 'refuse') socket.destroy();
      else if (mode === 'hang') socket.pause();
      else socket.resume();
    }
  }

  async close(): Promise<void> {
    this.become('refuse');
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #serve(client: Socket, port: number, host: string): void {
    if (this.#mode === 'refuse') {
      client.destroy();
      return;
    }
    const upstream = connect({ port, host, noDelay: true });
    for (const [from, to] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      this.#sockets.add(from);
      from.on('data', (chunk) => to.write(chunk));
      from.on('error', () => undefined);
      from.on('close', () => {
        this.#sockets.delete(from);
        to.destroy();
      });
      if (this.#mode === 'hang') from.pause();
    }
  }
}
