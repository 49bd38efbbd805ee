import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { open, readFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { StartError } from './run-to-end.mts';
import { root } from './settings.mts';

/** A service gives itself 30 s to drain; who takes longer has lost its way. */
const stopTimeoutMs = 40_000;
const readyTimeoutMs = 60_000;
const probeIntervalMs = 100;
const shownLogLines = 20;

/** One of the services under apps/, as a child process that logs into a file. */
export class ServiceProcess {
  readonly name: string;
  readonly #child: ChildProcess;
  readonly #logFile: string;
  readonly #port: number;
  /** Rejects with the end of its log when it ends, however it ends; never resolves. */
  readonly died: Promise<never>;

  private constructor(name: string, port: number, child: ChildProcess, logFile: string) {
    this.name = name;
    this.#port = port;
    this.#child = child;
    this.#logFile = logFile;
    this.died = once(child, 'exit').then(async ([code, signal]) => {
      throw new StartError(await this.#obituary(code === null ? `signal ${signal}` : `exit code ${code}`));
    });
    this.died.catch(() => undefined);
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  static async start(
    name: string,
    port: number,
    environment: NodeJS.ProcessEnv,
    logDir: string,
  ): Promise<ServiceProcess> {
    const logFile = path.join(logDir, `${name}.log`);
    const log = await open(logFile, 'w');
    // Its own process group: Ctrl-C reaches only this process, which stops the services before their database.
    const child = spawn(
      process.execPath,
      [
        // As in docker/service.Dockerfile, which says why.
        '--max-semi-space-size=8',
        '--import',
        path.join(import.meta.dirname, 'end-with-parent.mjs'),
        `apps/${name}/dist/main.js`,
      ],
      {
        cwd: root,
        env: environment,
        stdio: ['ignore', log.fd, log.fd, 'ipc'],
        detached: true,
      },
    );
    await once(child, 'spawn');
    await log.close();
    return new ServiceProcess(name, port, child, logFile);
  }

  /** Resolves when /health/ready says so. @throws StartError when it ends or takes over a minute. */
  async ready(stopping: AbortSignal): Promise<void> {
    const tooLate = AbortSignal.timeout(readyTimeoutMs);
    await Promise.race([this.died, this.#becomesReady(AbortSignal.any([stopping, tooLate]))]).catch(
      (error: unknown) => {
        throw tooLate.aborted
          ? new StartError(`${this.name} did not become ready; see ${this.#logFile}`)
          : error;
      },
    );
  }

  /** Asks it to drain and end; resolves when it is gone. */
  async stop(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const gone = once(this.#child, 'exit');
    this.#child.kill('SIGTERM');
    const timer = setTimeout(() => {
      console.error(`${this.name} did not stop within ${stopTimeoutMs / 1_000} s and was killed`);
      this.#child.kill('SIGKILL');
    }, stopTimeoutMs);
    await gone;
    clearTimeout(timer);
  }

  async #becomesReady(signal: AbortSignal): Promise<void> {
    for (;;) {
      const answer = await fetch(`http://127.0.0.1:${this.#port}/health/ready`, { signal }).catch(
        () => undefined,
      );
      await answer?.body?.cancel();
      if (answer?.ok) return;
      await delay(probeIntervalMs, undefined, { signal });
    }
  }

  async #obituary(how: string): Promise<string> {
    const log = await readFile(this.#logFile, 'utf8').catch(() => '');
    const end = log.trimEnd().split('\n').slice(-shownLogLines).join('\n');
    return `${end}\n\n${this.name} ended (${how}); its whole log is ${this.#logFile}`;
  }
}
