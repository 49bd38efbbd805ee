import { HttpErrorResponse } from '@angular/common/http';
import { type FieldFault, type Problem } from '@chat-history/http-contract';

/** The contract's `tookTooLong`, which its spec compares; the value itself would bring zod into the page. */
export const tookTooLong = '/problems/took-too-long';

/** Why a call brought no answer; `status` is 0 when none came from the server at all. */
export class ProblemError extends Error {
  override readonly name = 'ProblemError';

  constructor(
    readonly status: number,
    title: string,
    readonly details: {
      /** What the reader can do, one sentence. */
      readonly advice?: string;
      readonly faults?: readonly FieldFault[];
      /** Under which the service's log knows the request. */
      readonly requestId?: string;
      readonly cause?: unknown;
    } = {},
  ) {
    super(title, { cause: details.cause });
  }

  /**
   * Whether the server may have done what was asked, although no answer says so. A gateway says 502 also when the
   * service died with the request in its hands.
   */
  get mayHaveArrived(): boolean {
    return [0, 502, 504].includes(this.status);
  }
}

/** Words for whatever was thrown. What no call threw is a fault of the page: it is logged too, for who mends it. */
export function asProblem(cause: unknown): ProblemError {
  if (cause instanceof ProblemError) return cause;
  console.error(cause);
  return new ProblemError(0, 'Something went wrong on this page', { cause });
}

/** Turns what HttpClient throws into words for the reader. A failed download's problem arrives as a Blob. */
export async function problemError(cause: unknown): Promise<ProblemError> {
  if (!(cause instanceof HttpErrorResponse)) return asProblem(cause);
  if (cause.status === 0) return noAnswer(cause);
  const problem = await problemBody(cause.error);
  const isTooWide = problem.type === tookTooLong;
  return new ProblemError(cause.status, isTooWide ? 'This took too long' : titleOf(cause.status), {
    advice: isTooWide ? problem.detail : adviceOf(cause.status, problem, cause.headers.get('Retry-After')),
    faults: problem.errors,
    requestId: problem.request_id,
    cause,
  });
}

function noAnswer(cause: HttpErrorResponse): ProblemError {
  const timedOut = cause.error instanceof DOMException && cause.error.name === 'TimeoutError';
  return timedOut
    ? new ProblemError(0, 'The server took too long to answer', { advice: 'Try again in a moment.', cause })
    : new ProblemError(0, 'The server cannot be reached', {
        advice: 'Check the connection, then try again.',
        cause,
      });
}

async function problemBody(body: unknown): Promise<Partial<Problem>> {
  const text = body instanceof Blob ? await body.text() : body;
  if (typeof text !== 'string') return (text ?? {}) as Partial<Problem>;
  try {
    return JSON.parse(text) as Partial<Problem>;
  } catch {
    return {}; // A gateway's own error page, not the API's problem.
  }
}

function titleOf(status: number): string {
  switch (status) {
    case 400:
      return 'The server did not accept this';
    case 401:
      return 'Your sign-in is no longer valid';
    case 403:
      return 'Your role does not allow this';
    case 404:
      return 'This is not, or no longer, in the history';
    case 409:
      return 'This cannot be done as things stand';
    case 429:
      return 'Too many requests';
    case 502:
    case 503:
    case 504:
      return 'The history is not available right now';
    default:
      return 'Something went wrong on the server';
  }
}

function adviceOf(status: number, problem: Partial<Problem>, retryAfterS: string | null): string | undefined {
  switch (status) {
    case 403:
      return 'Ask a supervisor or an administrator.';
    case 404:
      return 'It may be past its retention.';
    case 429:
      return retryAfterS && /^\d+$/.test(retryAfterS)
        ? `Wait ${retryAfterS} seconds, then try again.`
        : 'Wait a minute, then try again.';
    case 502:
    case 504:
      return 'Its database or service does not answer. Try again in a moment.';
    case 503:
      return 'Its database or service does not answer; nothing is lost. Try again in a moment.';
    default:
      return problem.errors?.length ? undefined : problem.detail;
  }
}
