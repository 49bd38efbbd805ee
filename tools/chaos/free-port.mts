import { once } from 'node:events';
import { createServer } from 'node:net';

/** Below the ports that systems give to outgoing connections: one of those may sit on a port whose owner is restarting. */
const range = { from: 20_000, to: 32_000 };
const maxTries = 50;

/** A TCP port for a process that is killed and comes back under the same address. */
export async function restartablePort(random: () => number): Promise<number> {
  for (let tries = 0; tries < maxTries; tries++) {
    const port = range.from + Math.floor(random() * (range.to - range.from));
    if (await isFree(port)) return port;
  }
  throw new Error('no free TCP port was found');
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer().listen(port, '127.0.0.1');
  try {
    await once(server, 'listening');
    return true;
  } catch {
    return false;
  } finally {
    server.close();
  }
}
