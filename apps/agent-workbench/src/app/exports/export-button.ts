import { Component, DOCUMENT, computed, inject, input, signal } from '@angular/core';
import { MatButton } from '@angular/material/button';
import { MatDialog } from '@angular/material/dialog';
import { MatMenu, MatMenuItem, MatMenuTrigger } from '@angular/material/menu';
import { MatProgressSpinner } from '@angular/material/progress-spinner';
import { MatSnackBar } from '@angular/material/snack-bar';
import { MatTooltip } from '@angular/material/tooltip';
import { Router } from '@angular/router';
import { type ExportFormat, type MessageFilter } from '@chat-history/http-contract';
import { DateTime } from 'luxon';
import { firstValueFrom } from 'rxjs';
import { type ProblemError, asProblem } from '../api/problem-error';
import { type ExportWish, WorkbenchApi } from '../api/workbench-api';
import { SignedInAgent } from '../login/signed-in-agent';
import { Icon } from '../shell/icon';
import { ask } from '../shell/question-dialog';
import { fileEndings, formatNames } from './export-names';
import { fileName, saveBlob } from './save-blob';

/**
 * Exports what is shown, as a file at once or as a job in the background. An agent may export one session only, and
 * is told so.
 */
@Component({
  selector: 'app-export-button',
  imports: [Icon, MatButton, MatMenu, MatMenuItem, MatMenuTrigger, MatProgressSpinner, MatTooltip],
  templateUrl: './export-button.html',
})
export class ExportButton {
  private readonly agent = inject(SignedInAgent);
  private readonly api = inject(WorkbenchApi);
  private readonly dialog = inject(MatDialog);
  private readonly document = inject(DOCUMENT);
  private readonly router = inject(Router);
  private readonly snackBar = inject(MatSnackBar);

  readonly label = input.required<string>();
  readonly filter = input.required<MessageFilter>();

  protected readonly formatNames = formatNames;
  /** The formats for people to read are those of one session. */
  protected readonly formats = computed<readonly ExportFormat[]>(() => [
    'csv',
    'csv-raw',
    'jsonl',
    ...(this.filter().session_name === undefined ? [] : (['txt', 'md'] as const)),
  ]);
  protected readonly busy = signal(false);
  protected readonly refusal = computed(() =>
    this.filter().session_name === undefined && this.agent.me()?.role === 'agent'
      ? 'Exporting more than one session needs the role supervisor. Open a session to export it.'
      : '',
  );
  protected readonly disabled = computed(() => this.refusal() !== '' || this.busy());

  protected async save(format: ExportFormat): Promise<void> {
    const wish = this.wishFor(format);
    const failure = await this.attempt(async () => {
      const response = await firstValueFrom(this.api.streamExport(wish));
      const name = fileName(response) ?? `chat-history.${fileEndings[format]}`;
      saveBlob(this.document, response.body ?? new Blob(), name);
      this.say(`Saved ${name}`);
    });
    if (failure?.status !== 409) this.sayFailure(failure);
    else if (await this.wantsJob()) await this.startJob(wish);
  }

  protected makeJob(format: ExportFormat): Promise<void> {
    return this.startJob(this.wishFor(format));
  }

  private async startJob(wish: ExportWish): Promise<void> {
    const failure = await this.attempt(async () => {
      await firstValueFrom(this.api.requestExport(wish));
      await this.router.navigate(['/exports']);
      this.say('The export has begun.');
    });
    this.sayFailure(failure);
  }

  private wantsJob(): Promise<boolean> {
    return ask(this.dialog, {
      title: 'Too many messages to download at once',
      text: 'They can be exported in the background instead: the file is listed under Exports, where you can download it when it is ready.',
      yes: 'In the background',
      no: 'Not now',
    });
  }

  private async attempt(act: () => Promise<void>): Promise<ProblemError | undefined> {
    this.busy.set(true);
    try {
      await act();
      return undefined;
    } catch (cause) {
      return asProblem(cause);
    } finally {
      this.busy.set(false);
    }
  }

  private wishFor(format: ExportFormat): ExportWish {
    return { ...this.filter(), format, time_zone: DateTime.local().zoneName };
  }

  private say(text: string): void {
    this.snackBar.open(text, undefined, { duration: 5_000, verticalPosition: 'top' });
  }

  private sayFailure(failure: ProblemError | undefined): void {
    if (!failure) return;
    const { message, details } = failure;
    this.snackBar.open(['Nothing was exported.', message + '.', details.advice].join(' '), 'Dismiss', {
      politeness: 'assertive',
      verticalPosition: 'top',
    });
  }
}
