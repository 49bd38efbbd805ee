import { HttpContextToken } from '@angular/common/http';

/**
 * Set on the requests of a sign-in itself: a 401 means a wrong password there, not an expired token, and the page's
 * token is still that of whoever was here before.
 */
export const signingIn = new HttpContextToken(() => false);
