import { execFile } from 'node:child_process';
import path from 'node:path';

export interface ToolRun {
  readonly exitCode: number;
  readonly output: string;
}

/** Runs one of the tools as a person would, with `input` on standard input; both other streams are its output. */
export async function runTool(
  file: string,
  args: string[],
  environment: Record<string, string>,
  input = '',
): Promise<ToolRun> {
  return new Promise((resolve) => {
    const { stdin } = execFile(
      process.execPath,
      [path.join(__dirname, '..', file), ...args],
      { env: { PATH: process.env['PATH'], ...environment }, timeout: 60_000 },
      (error, out, errors) =>
        resolve({ exitCode: error ? Number(error.code ?? 1) : 0, output: out + errors }),
    );
    // A tool that ends without reading breaks the pipe.
    stdin?.on('error', () => undefined).end(input);
  });
}
