import {
  Component,
  type ElementRef,
  computed,
  inject,
  input,
  output,
  signal,
  viewChild,
} from '@angular/core';
import { CdkCopyToClipboard } from '@angular/cdk/clipboard';
import { MatButton, MatIconButton } from '@angular/material/button';
import { MatDialog } from '@angular/material/dialog';
import { MatProgressBar } from '@angular/material/progress-bar';
import { MatSnackBar } from '@angular/material/snack-bar';
import { MatTooltip } from '@angular/material/tooltip';
import { type ExportJob } from '@chat-history/http-contract';
import { firstValueFrom } from 'rxjs';
import { ProblemError, asProblem } from '../api/problem-error';
import { WorkbenchApi } from '../api/workbench-api';
import { SignedInAgent } from '../login/signed-in-agent';
import { FailureNotice } from '../shell/failure-notice';
import { Icon } from '../shell/icon';
import { ask } from '../shell/question-dialog';
import { When } from '../shell/when';
import { formatNames, isUnfinished, jobStatusNames } from './export-names';
import { filterWords } from './filter-words';
import { JobDownload } from './job-download';
import { jobFacts } from './job-facts';
import { sizeText } from './size-text';

/** One export: what it holds, how far it is, what proves its file, and what can be done with it. */
@Component({
  selector: 'app-export-card',
  imports: [
    CdkCopyToClipboard,
    FailureNotice,
    Icon,
    MatButton,
    MatIconButton,
    MatProgressBar,
    MatTooltip,
    When,
  ],
  templateUrl: './export-card.html',
  styleUrl: './export-card.scss',
})
export class ExportCard {
  private readonly agent = inject(SignedInAgent);
  private readonly api = inject(WorkbenchApi);
  private readonly dialog = inject(MatDialog);
  private readonly download = inject(JobDownload);
  private readonly snackBar = inject(MatSnackBar);

  readonly job = input.required<ExportJob>();
  /** It was cancelled or its file deleted, or is no longer there. */
  readonly changed = output();

  private readonly heading = viewChild.required<ElementRef<HTMLElement>>('heading');
  protected readonly headingId = computed(() => `export-${this.job().id}`);
  protected readonly title = computed(() => {
    const { format, gzip, order } = this.job();
    return [formatNames[format], order === 'session' && 'session by session', gzip && 'compressed']
      .filter(Boolean)
      .join(', ');
  });
  protected readonly statusName = computed(() => jobStatusNames[this.job().status]);
  protected readonly parts = computed(() => filterWords(this.job().filter));
  protected readonly facts = computed(() => jobFacts(this.job()));
  protected readonly unfinished = computed(() => isUnfinished(this.job()));
  /** Of interest where others' jobs are listed too. */
  protected readonly requestedBy = computed(() => {
    const [me, { requested_by: by, requested_by_name: name }] = [this.agent.me(), this.job()];
    if (me?.role !== 'admin') return '';
    return by === me.agent_id ? 'You' : (name ?? by);
  });

  protected readonly percentDone = computed(() => {
    const { rows_done: done, rows_total: total } = this.job();
    return total ? Math.min(100, (100 * done) / total) : undefined;
  });
  protected readonly progress = computed(() => {
    const { rows_done: done, rows_total: total, bytes } = this.job();
    const rows = done.toLocaleString() + (total === null ? '' : ` of ${total.toLocaleString()}`);
    return `${rows} messages · ${sizeText(bytes)}`;
  });

  protected readonly failure = signal<ProblemError | undefined>(undefined);
  /** How many bytes have arrived of a download that goes on. */
  private readonly arrived = signal<number | undefined>(undefined);
  protected readonly saving = computed(() => this.arrived() !== undefined);
  protected readonly percentArrived = computed(() =>
    Math.floor((100 * (this.arrived() ?? 0)) / Math.max(1, this.job().bytes)),
  );
  protected readonly ending = signal(false);

  protected async save(): Promise<void> {
    if (this.saving()) return;
    this.arrived.set(0);
    try {
      await this.attempt(async () => {
        const name = await this.download.save(this.job(), (bytes) => this.arrived.set(bytes));
        if (name) this.say(`Saved ${name}`);
      });
    } finally {
      this.arrived.set(undefined);
    }
  }

  protected async delete(): Promise<void> {
    const isMeant = await ask(this.dialog, {
      title: 'Delete this file?',
      text: 'The exported file is deleted from the server. The messages stay in the history and can be exported again.',
      yes: 'Delete the file',
      no: 'Keep it',
    });
    if (isMeant) await this.end();
  }

  /** Cancels, or deletes the file. The button that was pressed goes away: the focus stays with the export. */
  protected async end(): Promise<void> {
    if (this.ending()) return;
    this.ending.set(true);
    try {
      await this.attempt(async () => {
        await firstValueFrom(this.api.endExport(this.job().id));
        this.heading().nativeElement.focus();
        this.changed.emit();
      });
    } finally {
      this.ending.set(false);
    }
  }

  protected sayCopied(isCopied: boolean): void {
    this.say(isCopied ? 'The SHA-256 was copied' : 'Nothing was copied: select the SHA-256 instead');
  }

  private async attempt(act: () => Promise<void>): Promise<void> {
    this.failure.set(undefined);
    try {
      await act();
    } catch (cause) {
      const problem = asProblem(cause);
      this.failure.set(isGone(problem) ? goneFor(problem) : problem);
    }
  }

  private say(text: string): void {
    this.snackBar.open(text, undefined, { duration: 5_000, verticalPosition: 'top' });
  }
}

function isGone({ status }: ProblemError): boolean {
  return status === 404 || status === 410;
}

function goneFor(cause: ProblemError): ProblemError {
  return new ProblemError(cause.status, 'The file of this export is no longer there', {
    advice: 'It has expired or was deleted. Refresh the list.',
    cause,
  });
}
