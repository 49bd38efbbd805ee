import { once } from 'node:events';
import { createServer } from 'node:net';
import { freePort } from '../postgres/embedded-postgres.mts';
import { StartError } from './run-to-end.mts';
import { portVariables, type Ports } from './settings.mts';

/**
 * Puts a free port for each 0 and looks whether the others can be had.
 * @throws StartError naming every port that is in use, with its variable.
 */
export async function takePorts(wanted: Ports): Promise<Ports> {
  const names = Object.keys(portVariables) as (keyof Ports)[];
  const faults: string[] = [];
  const taken = { ...wanted };
  for (const name of names) {
    taken[name] = wanted[name] === 0 ? await freePort() : wanted[name];
    const fault = await faultOf(taken[name]);
    if (fault) faults.push(`Port ${taken[name]} ${fault} or set ${portVariables[name]} to another.`);
  }
  if (faults.length > 0) throw new StartError(faults.join('\n'));
  return taken;
}

async function faultOf(port: number): Promise<string | undefined> {
  const server = createServer().listen(port);
  try {
    await once(server, 'listening');
    return undefined;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EADDRINUSE'
      ? 'is in use: end what listens there,'
      : `cannot be listened on (${(error as NodeJS.ErrnoException).code})`;
  } finally {
    server.close();
  }
}
