import { accountRole, type AccountRole } from '@chat-history/http-contract';
import { RoleTooLowError } from './auth.errors.js';

/**
 * Each role may do all that the ones before it may.
 * @param task in the message for who may not: "To … you need to be …".
 * @throws RoleTooLowError
 */
export function requireRole(agent: { readonly role: AccountRole }, needed: AccountRole, task: string): void {
  const roles = accountRole.options;
  if (roles.indexOf(agent.role) < roles.indexOf(needed)) {
    throw new RoleTooLowError(
      `To ${task} you need to be ${needed === 'supervisor' ? 'a supervisor' : 'an admin'}.`,
    );
  }
}
