import { STATUS_CODES } from 'node:http';
import { Catch, HttpException, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { FieldFault, Problem } from '@chat-history/http-contract';
import type { Request, Response } from 'express';
import type { Logger } from 'pino';
import { InvalidInputError, UnsupportedBodyError } from './input.errors.js';

/** What a client is told of an error. `detail` must hold nothing of the error's own text that a client may not see. */
export interface ProblemAnswer {
  readonly status: number;
  /** A URI that names the kind of problem; `about:blank` if left out: the status says it all. */
  readonly type?: string;
  readonly title?: string;
  readonly detail?: string;
  readonly errors?: readonly FieldFault[];
  /** Members of this kind of problem, beside those that all have (RFC 9457, section 3.2). */
  readonly extensions?: Readonly<Record<string, unknown>>;
  /** Becomes the header `Retry-After`. */
  readonly retryAfterSeconds?: number;
}

/** An app's table from its domain errors to answers; `undefined` for what it does not know. */
export type ProblemTable = (error: unknown) => ProblemAnswer | undefined;

/**
 * The only place where an error becomes a response: `application/problem+json` (RFC 9457) with the request's id.
 * Of an error that nobody knows, and of the framework's own exceptions, the client learns the status alone.
 */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  constructor(
    private readonly problemOf: ProblemTable,
    private readonly logger: Logger,
  ) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const request = host.switchToHttp().getRequest<Request & { id?: unknown }>();
    const response = host.switchToHttp().getResponse<Response>();
    const problem = this.describe(error, request.id);
    if (response.closed) return;
    if (response.headersSent) {
      // Half an answer went out; cutting the connection is the only way to say that it is not whole.
      response.destroy();
      return;
    }
    const answer = this.answerTo(error);
    if (answer.retryAfterSeconds !== undefined) response.setHeader('Retry-After', answer.retryAfterSeconds);
    if (answer.status === 401) response.setHeader('WWW-Authenticate', challenge(request));
    response.status(answer.status).type('application/problem+json').send(JSON.stringify(problem));
  }

  /** The problem itself, for an error that is told within an answer, as an event of a stream; logged as any other. */
  describe(error: unknown, requestId: unknown): Problem {
    const answer = this.answerTo(error);
    this.log(error, answer.status, requestId);
    return {
      ...answer.extensions,
      type: answer.type ?? 'about:blank',
      title: answer.title ?? STATUS_CODES[answer.status] ?? 'Error',
      status: answer.status,
      ...(answer.detail !== undefined && { detail: answer.detail }),
      ...(requestId !== undefined && { request_id: String(requestId) }),
      ...(answer.errors && { errors: [...answer.errors] }),
    };
  }

  private answerTo(error: unknown): ProblemAnswer {
    return this.problemOf(error) ?? shellProblemOf(error) ?? { status: 500 };
  }

  private log(error: unknown, status: number, requestId: unknown): void {
    if (status < 500) return;
    // A person has to look at what nobody expected; what the table knows, such as a database that is away, heals itself.
    const level = status === 500 ? 'error' : 'warn';
    this.logger[level]({ err: error, requestId, status }, 'a request failed');
  }
}

function shellProblemOf(error: unknown): ProblemAnswer | undefined {
  if (error instanceof InvalidInputError) {
    return { status: 400, detail: 'The request has faults; errors says where.', errors: error.faults };
  }
  if (error instanceof UnsupportedBodyError) {
    return { status: 415, detail: 'The body must be JSON, sent as application/json in UTF-8.' };
  }
  if (error instanceof HttpException) return { status: error.getStatus() };
  return undefined;
}

/** RFC 6750: a token that was sent and refused is `invalid_token`. */
function challenge(request: Request): string {
  return request.headers.authorization === undefined ? 'Bearer' : 'Bearer error="invalid_token"';
}
