import { createHash, createHmac, pbkdf2Sync, randomBytes } from 'node:crypto';

const iterations = 4_096;

/**
 * A password as PostgreSQL keeps it (RFC 5803; PostgreSQL manual, pg_authid.rolpassword): `create role … password`
 * takes this in place of the password itself.
 */
export function scramVerifier(password: string): string {
  const salt = randomBytes(16);
  // RFC 4013 (SASLprep) begins with NFKC; the rest of it only refuses passwords or drops invisible characters.
  const salted = pbkdf2Sync(password.normalize('NFKC'), salt, iterations, 32, 'sha256');
  const key = (name: string) => createHmac('sha256', salted).update(name).digest();
  const storedKey = createHash('sha256').update(key('Client Key')).digest('base64');
  const serverKey = key('Server Key').toString('base64');
  return `SCRAM-SHA-256$${iterations}:${salt.toString('base64')}$${storedKey}:${serverKey}`;
}
