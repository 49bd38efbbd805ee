import { Component, computed, inject, input, signal } from '@angular/core';
import { MatButton } from '@angular/material/button';
import { MatProgressSpinner } from '@angular/material/progress-spinner';
import { MatSnackBar } from '@angular/material/snack-bar';
import { MatTooltip } from '@angular/material/tooltip';
import { type MessageFilter } from '@chat-history/http-contract';
import { ProblemError } from '../api/problem-error';
import { SignedInAgent } from '../login/signed-in-agent';
import { Icon } from '../shell/icon';
import { CsvDownload } from './csv-download';

/** Exports what is shown as CSV. An agent may export one session only, and is told so. */
@Component({
  selector: 'app-export-button',
  imports: [Icon, MatButton, MatProgressSpinner, MatTooltip],
  template: `
    <button
      matButton
      type="button"
      disabledInteractive
      [attr.aria-label]="label()"
      [attr.aria-busy]="saving()"
      [disabled]="disabled()"
      [matTooltip]="refusal() || label()"
      (click)="save()"
    >
      @if (saving()) {
        <mat-spinner matButtonIcon diameter="18" class="mat-icon" aria-hidden="true" />
      } @else {
        <app-icon matButtonIcon name="download" class="mat-icon" />
      }
      CSV
    </button>
  `,
})
export class ExportButton {
  private readonly agent = inject(SignedInAgent);
  private readonly download = inject(CsvDownload);
  private readonly snackBar = inject(MatSnackBar);

  readonly label = input.required<string>();
  readonly filter = input.required<MessageFilter>();

  protected readonly saving = signal(false);
  protected readonly refusal = computed(() =>
    this.filter().session_name === undefined && this.agent.me()?.role === 'agent'
      ? 'Exporting more than one session needs the role supervisor. Open a session to export it.'
      : '',
  );
  protected readonly disabled = computed(() => this.refusal() !== '' || this.saving());

  protected async save(): Promise<void> {
    // A disabled button that can still be focused, to say why, can also still be pressed.
    if (this.disabled()) return;
    this.saving.set(true);
    try {
      const name = await this.download.save(this.filter());
      this.snackBar.open(`Saved ${name}`, undefined, { duration: 5_000, verticalPosition: 'top' });
    } catch (cause) {
      if (!(cause instanceof ProblemError)) throw cause;
      this.snackBar.open(
        ['Nothing was exported.', cause.message + '.', cause.details.advice].join(' '),
        'Dismiss',
        {
          politeness: 'assertive',
          verticalPosition: 'top',
        },
      );
    } finally {
      this.saving.set(false);
    }
  }
}
