import type { DynamicModule, INestApplicationContext, Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import type { NextFunction, Request, Response } from 'express';
import helmet from 'helmet';
import { Logger as NestLogger } from 'nestjs-pino';
import type { Logger } from 'pino';
import { Registry } from 'prom-client';
import { serveApiDocs } from './api-docs.js';
import type { ShellConfig } from './config/common-config.js';
import { Readiness, type HealthCheck } from './health/readiness.js';
import { inputValidation } from './http/input-validation.js';
import { jsonBody } from './http/json-body.js';
import { ProblemFilter, type ProblemTable } from './http/problem.filter.js';
import { assignRequestId } from './http/request-id.js';
import { requestLog } from './logging/request-log.js';
import { httpMetrics } from './metrics/http-metrics.js';
import { serviceModule } from './shell.module.js';

export interface ServiceOptions {
  /** In logs and docs. */
  readonly name: string;
  /** What the service is made of. Without routes of its own it has health, metrics and docs only. */
  readonly module: Type | DynamicModule;
  /** Where it listens; 0 lets the system choose. */
  readonly port: number;
  readonly config: ShellConfig;
  readonly logger: Logger;
  /** The service's domain errors as answers; the framework's and bad input are known without it. */
  readonly problemOf?: ProblemTable;
  /**
   * How long, in milliseconds, answers under way may take to end after a signal to stop; then their connections are
   * cut. 4,000 if left out; at most 16,000, or the store's own time would not fit into what stopping may take in all.
   */
  readonly answersTimeoutMs?: number;
  /** What it needs, asked by /health/ready; called once, when the app is made. */
  readonly healthChecks?: (app: INestApplicationContext) => readonly HealthCheck[];
}

/** How long a client may take to send its headers, and its whole request, before it is cut. */
const headersTimeoutMs = 10_000;
const requestTimeoutMs = 30_000;
/** Longer than the idle time of the usual proxies (60 s), so that it is they who close an idle connection. */
const keepAliveTimeoutMs = 65_000;

/** The service as one app, made whole but not listening; `runService` runs it, tests drive it. */
export async function createService(options: ServiceOptions): Promise<NestExpressApplication> {
  const { config, logger, name } = options;
  const problems = new ProblemFilter(options.problemOf ?? (() => undefined), logger);
  const app = await NestFactory.create<NestExpressApplication>(
    serviceModule(options.module, logger, problems),
    {
      bufferLogs: true,
      abortOnError: false,
      bodyParser: false,
    },
  );
  app.useLogger(app.get(NestLogger));
  app.set('trust proxy', 'loopback, linklocal, uniquelocal');
  app.disable('etag');
  app.get(Readiness).watch(options.healthChecks?.(app) ?? []);

  app.use(assignRequestId, requestLog(logger), httpMetrics(app.get(Registry)), noStore);
  app.use(helmet({ contentSecurityPolicy: { useDefaults: false, directives: strictPolicy } }));
  if (config.CORS_ORIGINS.length > 0) app.enableCors({ origin: config.CORS_ORIGINS });
  if (config.DOCS_ENABLED ?? config.NODE_ENV !== 'production') serveApiDocs(app, name);
  app.use(jsonBody());
  app.useGlobalPipes(inputValidation());
  app.useGlobalFilters(problems);

  const server = app.getHttpServer();
  server.headersTimeout = headersTimeoutMs;
  server.requestTimeout = requestTimeoutMs;
  server.keepAliveTimeout = keepAliveTimeoutMs;
  return app;
}

const strictPolicy = { defaultSrc: ["'none'"], frameAncestors: ["'none'"] };

/** Answers are about people's chats; no cache on the way may keep them. */
function noStore(_request: Request, response: Response, next: NextFunction): void {
  response.setHeader('Cache-Control', 'no-store');
  next();
}
