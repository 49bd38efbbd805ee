import os from 'node:os';
import { withConnection } from './connection.mts';
import { benchSettings } from './data/bench-cluster.mts';

/** What the figures were measured on. */
export interface Machine {
  readonly cores: number;
  readonly processor: string;
  readonly memoryGiB: number;
  readonly node: string;
  readonly postgres: string;
  readonly settings: readonly string[];
}

export async function machineOf(server: string): Promise<Machine> {
  return withConnection(server, undefined, async (client) => {
    const { rows } = await client.query<{ version: string }>(
      `select current_setting('server_version') as version`,
    );
    return {
      cores: os.availableParallelism(),
      processor: os.cpus()[0]?.model.trim() ?? 'unknown',
      memoryGiB: Math.round(os.totalmem() / 2 ** 30),
      node: process.versions.node,
      postgres: rows[0]?.version ?? 'unknown',
      settings: benchSettings,
    };
  });
}

export function machineLine({ cores, processor, memoryGiB, node, postgres, settings }: Machine): string {
  return (
    `${cores} cores (${processor}), ${memoryGiB} GiB, Node ${node}, PostgreSQL ${postgres} ` +
    `with ${settings.join(', ')}`
  );
}
