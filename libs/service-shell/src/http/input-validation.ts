import { StandardSchemaValidationPipe } from '@nestjs/common';
import type { FieldFault } from '@chat-history/http-contract';
import type { z } from 'zod';
import { InvalidInputError } from './input.errors.js';

/** More faults than a person would mend at once only make the answer large. */
const maxFaults = 20;
/** Names of unknown fields come from the caller. */
const maxFieldCharacters = 100;

/** Checks every `@Body({ schema })`, `@Query({ schema })` and `@Param({ schema })`; a fault names its field. */
export function inputValidation(): StandardSchemaValidationPipe {
  return new StandardSchemaValidationPipe({
    exceptionFactory: (issues) => new InvalidInputError(faultsOf(issues as readonly z.core.$ZodIssue[])),
  });
}

function faultsOf(issues: readonly z.core.$ZodIssue[]): FieldFault[] {
  return issues.flatMap(faultsOfIssue).slice(0, maxFaults);
}

function faultsOfIssue(issue: z.core.$ZodIssue): FieldFault[] {
  if (issue.code !== 'unrecognized_keys') return [{ field: fieldOf(issue.path), message: issue.message }];
  return issue.keys.map((key) => ({ field: fieldOf([...issue.path, key]), message: 'is not a known field' }));
}

function fieldOf(path: readonly PropertyKey[]): string {
  return path.map(String).join('.').slice(0, maxFieldCharacters).toWellFormed() || 'body';
}
