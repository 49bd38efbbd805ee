import { Component, inject, input } from '@angular/core';
import { Router } from '@angular/router';
import { LoginForm } from './login-form';

@Component({
  selector: 'app-login-page',
  imports: [LoginForm],
  template: `
    <main>
      <h1>Agent workbench</h1>
      <p>Sign in to read and answer the company's chats.</p>
      <app-login-form (signedIn)="goOn()" />
    </main>
  `,
  styleUrl: './login-page.scss',
})
export class LoginPage {
  private readonly router = inject(Router);

  /** The address inside this app that asked for the sign-in. */
  readonly return = input<string>();

  protected async goOn(): Promise<void> {
    await this.router.navigateByUrl(this.return() ?? '/history');
  }
}
