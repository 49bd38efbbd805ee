import { Injectable, inject } from '@angular/core';
import { MatDialog } from '@angular/material/dialog';
import { firstValueFrom } from 'rxjs';
// Not loaded when it is needed, hours later: the server may then have only the files of a newer build.
import { SignInAgainDialog } from './sign-in-again-dialog';

/** Asks for the password over the page as it stands when the token has expired; once for all calls that wait. */
@Injectable({ providedIn: 'root' })
export class SignInAgain {
  private readonly dialog = inject(MatDialog);
  private asking: Promise<boolean> | undefined;

  /** True when signed in anew, false when the agent chose to leave or another one signed in. */
  ask(): Promise<boolean> {
    this.asking ??= this.open().finally(() => (this.asking = undefined));
    return this.asking;
  }

  private async open(): Promise<boolean> {
    const opened = this.dialog.open<unknown, undefined, boolean>(SignInAgainDialog, {
      disableClose: true,
      // The form takes the focus itself, at once; the dialog would take it again after its animation, amid typing.
      autoFocus: false,
      width: '400px',
    });
    return (await firstValueFrom(opened.afterClosed())) ?? false;
  }
}
