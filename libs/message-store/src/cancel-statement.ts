import { once } from 'node:events';
import { Connection, type PoolClient } from 'pg';

/** What node-postgres has of a connection beside what its types tell. */
interface Backend {
  readonly processID: number;
  readonly secretKey: number;
  readonly sslNegotiation?: string;
}

interface CancelConnection extends Connection {
  connect(port: number, host: string): void;
  connect(socketPath: string): void;
  requestSsl(): void;
  cancel(processId: number, secretKey: number): void;
}

/**
 * Asks PostgreSQL to cancel what a connection runs now, over a connection of its own as its protocol has it (PostgreSQL
 * manual, "Canceling Requests in Progress"). When this resolves the request took effect or found nothing to cancel:
 * what the connection is given to do from then on it does not touch.
 * @param signal ends the attempt; then nobody knows whether it will take effect.
 */
export async function cancelStatement(client: PoolClient, signal: AbortSignal): Promise<void> {
  const { ssl, host, port } = client;
  const { processID, secretKey, sslNegotiation = 'postgres' } = client as PoolClient & Partial<Backend>;
  if (processID === undefined || secretKey === undefined) throw new Error('the connection has no key');

  const connection = new Connection({ ssl, sslNegotiation } as object) as CancelConnection;
  const giveUp = () => connection.stream.destroy();
  signal.addEventListener('abort', giveUp, { once: true });
  try {
    // What is told twice has a listener still, or it would end the process.
    connection.on('error', () => undefined);
    const isOver = once(connection, 'end', { signal });
    connection.on('connect', () => {
      if (!ssl) connection.cancel(processID, secretKey);
      else if (sslNegotiation !== 'direct') connection.requestSsl();
    });
    connection.on('sslconnect', () => connection.cancel(processID, secretKey));
    // A host that is a folder holds the server's Unix socket, as for PostgreSQL's own clients.
    if (host.startsWith('/')) connection.connect(`${host}/.s.PGSQL.${port}`);
    else connection.connect(port, host);
    await isOver;
  } finally {
    signal.removeEventListener('abort', giveUp);
    giveUp();
  }
}
