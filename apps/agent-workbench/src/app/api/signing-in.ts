import { HttpContextToken } from '@angular/common/http';

/** Set on the sign-in request itself: its 401 means a wrong password, not an expired token. */
export const signingIn = new HttpContextToken(() => false);
