import type { FieldFault } from '@chat-history/http-contract';

/** The input breaks its contract; `faults` says where. */
export class InvalidInputError extends Error {
  override readonly name = 'InvalidInputError';
  constructor(readonly faults: readonly FieldFault[]) {
    super(`bad input at ${faults.map((fault) => fault.field).join(', ')}`);
  }
}

/** The body is not JSON in UTF-8, UTF-16 or UTF-32, or its encoding is none of gzip, deflate, br. */
export class UnsupportedBodyError extends Error {
  override readonly name = 'UnsupportedBodyError';
}
