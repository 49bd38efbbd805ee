import { setTimeout as delay } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import type { Health } from '@chat-history/http-contract';

/** How long one check may take, in milliseconds; probes of orchestrators usually give up after a second or more. */
const checkTimeoutMs = 1_000;

/** Something a service needs. */
export interface HealthCheck {
  /** Its key in the report's `details`. */
  readonly name: string;
  /** `true`: the service is not ready without it. `false`: it serves, degraded. */
  readonly required: boolean;
  /** `up`, and figures worth showing: never an error's text. Throwing, or no answer in a second, means down. */
  readonly check: () => HealthFinding | Promise<HealthFinding>;
}

export interface HealthFinding {
  readonly up: boolean;
  readonly [figure: string]: unknown;
}

/** Whether the service can do its work now; red for good once it is stopping. */
@Injectable()
export class Readiness {
  private checks: readonly HealthCheck[] = [];
  private readonly running = new Map<string, Promise<HealthFinding>>();
  private stopping = false;

  watch(checks: readonly HealthCheck[]): void {
    this.checks = checks;
  }

  turnRed(): void {
    this.stopping = true;
  }

  async report(): Promise<Health> {
    const findings = await Promise.all(
      this.checks.map(async (check) => ({ check, ...(await this.findingOf(check)) })),
    );
    const details = Object.fromEntries(
      findings.map(({ check, up, ...figures }) => [
        check.name,
        { ...figures, status: up ? 'up' : 'down' } as const,
      ]),
    );
    if (this.stopping)
      return { status: 'error', details: { ...details, service: { status: 'down', stopping: true } } };
    const down = findings.filter((finding) => !finding.up);
    if (down.some((finding) => finding.check.required)) return { status: 'error', details };
    return { status: down.length > 0 ? 'degraded' : 'ok', details };
  }

  private async findingOf(check: HealthCheck): Promise<HealthFinding> {
    const timeUp = new AbortController();
    const finding = await Promise.race([
      this.runOnce(check),
      delay(checkTimeoutMs, { up: false, timed_out: true }, { signal: timeUp.signal }).catch(() => ({
        up: false,
      })),
    ]);
    timeUp.abort();
    return finding;
  }

  /** A check that hangs is not asked again by the next probe, or probes would pile up on a hung database. */
  private runOnce(check: HealthCheck): Promise<HealthFinding> {
    const running = this.running.get(check.name);
    if (running) return running;
    const started = ask(check).finally(() => this.running.delete(check.name));
    this.running.set(check.name, started);
    return started;
  }
}

async function ask({ check }: HealthCheck): Promise<HealthFinding> {
  try {
    return await check();
  } catch {
    return { up: false };
  }
}
