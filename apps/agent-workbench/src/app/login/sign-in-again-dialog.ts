import { Component, inject } from '@angular/core';
import { MatButton } from '@angular/material/button';
import { MatDialog, MatDialogContent, MatDialogRef, MatDialogTitle } from '@angular/material/dialog';
import { AccessToken } from './access-token';
import { LoginForm } from './login-form';
import { SignedInAgent } from './signed-in-agent';

@Component({
  selector: 'app-sign-in-again-dialog',
  imports: [LoginForm, MatButton, MatDialogContent, MatDialogTitle],
  template: `
    <h2 mat-dialog-title>Sign in again</h2>
    <mat-dialog-content>
      <p>Your sign-in has expired. This page stays as it is, with all that you typed.</p>
      <app-login-form (signedIn)="goOn()">
        <button matButton type="button" (click)="leave()">Sign out</button>
      </app-login-form>
    </mat-dialog-content>
  `,
  styles: 'p { margin: 0 0 16px }',
})
export class SignInAgainDialog {
  private readonly agent = inject(SignedInAgent);
  private readonly dialog = inject<MatDialogRef<unknown, boolean>>(MatDialogRef);
  private readonly dialogs = inject(MatDialog);
  private readonly token = inject(AccessToken);
  private readonly expected = this.token.agentId();

  /** With the page as it stands only for the agent whose page it is. */
  protected async goOn(): Promise<void> {
    if (this.token.agentId() === this.expected) return this.dialog.close(true);
    this.dialogs.closeAll();
    await this.agent.startAnew();
  }

  protected async leave(): Promise<void> {
    this.dialog.close(false);
    await this.agent.signOut();
  }
}
