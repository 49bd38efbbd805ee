import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import path from 'node:path';

const script = path.join(__dirname, '../test/stopping-service.mjs');

describe('a service in a process of its own', () => {
  const children: ChildProcessWithoutNullStreams[] = [];
  afterEach(() => children.splice(0).forEach((child) => child.kill('SIGKILL')));

  it('on SIGTERM ends the answer under way, takes no other, runs its shutdown hooks and exits 0', async () => {
    const service = start(0);
    const port = Number((await service.line(/"port":(\d+).*is ready/))[1]);
    const url = `http://127.0.0.1:${port}/slow`;
    const slow = fetch(url);
    await service.line(/slow answer begun/);
    service.child.kill('SIGTERM');
    await service.line(/"msg":"stopping"/);
    const [late, exit] = await Promise.all([slow.then((answer) => answer.text()), service.exit]);
    expect(late).toBe('late');
    expect(exit).toBe(0);
    expect(service.output()).toMatch(/shutdown hook[\s\S]*"stopped"/);
    await expect(fetch(url)).rejects.toThrow();
  });

  it('on SIGTERM tells the app, which ends its answers, cuts what is then still open, and runs its shutdown hooks last', async () => {
    const service = start(0);
    const port = Number((await service.line(/"port":(\d+).*is ready/))[1]);
    const waiting = fetch(`http://127.0.0.1:${port}/waiting`).then((answer) => answer.text());
    const endless = fetch(`http://127.0.0.1:${port}/endless`);
    endless.catch(() => undefined);
    await service.line(/waiting answer begun/);
    await service.line(/endless answer begun/);
    service.child.kill('SIGTERM');
    expect(await waiting).toBe('told');
    await expect(endless).rejects.toThrow();
    expect(await service.exit).toBe(0);
    expect(service.output()).toMatch(
      /told to stop[\s\S]*answers were cut after 1500 ms[\s\S]*shutdown hook[\s\S]*"stopped"/,
    );
  });

  it('on SIGTERM turns red before it takes no connection any more', async () => {
    const service = start(0, { SHUTDOWN_DELAY_MS: '60000' });
    const port = Number((await service.line(/"port":(\d+).*is ready/))[1]);
    expect((await fetch(`http://127.0.0.1:${port}/health/ready`)).status).toBe(200);
    service.child.kill('SIGTERM');
    await service.line(/"msg":"stopping"/);
    expect((await fetch(`http://127.0.0.1:${port}/health/ready`)).status).toBe(503);
    expect((await fetch(`http://127.0.0.1:${port}/health/live`)).status).toBe(200);
  });

  it('after an error that nobody caught says so, runs its shutdown hooks and exits 1', async () => {
    const service = start(0);
    const port = Number((await service.line(/"port":(\d+).*is ready/))[1]);
    await fetch(`http://127.0.0.1:${port}/crash`);
    expect(await service.exit).toBe(1);
    expect(service.output()).toMatch(/an error that nobody caught[\s\S]*shutdown hook/);
    expect(service.output()).toContain('the timer failed');
  });

  it('does not start on a bad environment: exit code 1 and one message', async () => {
    const service = start(0, { LOG_LEVEL: 'loud', NODE_ENV: 'staging' });
    expect(await service.exit).toBe(1);
    expect(service.output()).toBe(
      'ConfigError: The service cannot start with this environment:\n' +
        '  NODE_ENV must be production, development or test\n' +
        '  LOG_LEVEL must be one of fatal, error, warn, info, debug, trace, silent\n',
    );
  });

  it('does not start on a port that is taken: exit code 1, and it says why', async () => {
    const other = createServer().listen(0);
    await once(other, 'listening');
    const service = start((other.address() as AddressInfo).port, { LOG_LEVEL: 'silent' });
    expect(await service.exit).toBe(1);
    other.close();
    expect(service.output()).toMatch(/EADDRINUSE/);
  });

  function start(port: number, environment: Record<string, string> = {}) {
    const child = spawn(process.execPath, [script, String(port)], {
      env: { PATH: process.env['PATH'], NODE_ENV: 'test', ...environment },
    });
    children.push(child);
    let output = '';
    const onData = (chunk: Buffer) => (output += chunk.toString());
    child.stdout.on('data', onData);
    child.stderr.on('data', onData);
    const exit = once(child, 'close').then(([code]) => code as number | null);
    return {
      child,
      exit,
      output: () => output,
      line: (pattern: RegExp) => until(child, () => pattern.exec(output)),
    };
  }
});

/** Resolves with what `look` finds, looking again after each piece of output; rejects when the process has ended. */
async function until<T>(child: ChildProcessWithoutNullStreams, look: () => T | null): Promise<T> {
  for (;;) {
    const found = look();
    if (found !== null) return found;
    if (child.exitCode !== null) throw new Error('the process ended without it');
    await Promise.race([once(child.stdout, 'data'), once(child, 'close')]);
  }
}
