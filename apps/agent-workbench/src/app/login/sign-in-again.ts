import { Injectable, inject } from '@angular/core';
import { MatDialog } from '@angular/material/dialog';
import { firstValueFrom } from 'rxjs';

/** Asks for the password over the page as it stands when the token has expired; once for all calls that wait. */
@Injectable({ providedIn: 'root' })
export class SignInAgain {
  private readonly dialog = inject(MatDialog);
  private asking: Promise<boolean> | undefined;

  /** True when signed in anew, false when the agent chose to leave. */
  ask(): Promise<boolean> {
    this.asking ??= this.open().finally(() => (this.asking = undefined));
    return this.asking;
  }

  private async open(): Promise<boolean> {
    const { SignInAgainDialog } = await import('./sign-in-again-dialog');
    const opened = this.dialog.open<unknown, undefined, boolean>(SignInAgainDialog, {
      disableClose: true,
      // The form takes the focus itself, at once; the dialog would take it again after its animation, amid typing.
      autoFocus: false,
      width: '400px',
    });
    return (await firstValueFrom(opened.afterClosed())) ?? false;
  }
}
