import { Component, computed, effect, inject, input, output } from '@angular/core';
import { MatButton, MatIconButton } from '@angular/material/button';
import { MatProgressBar } from '@angular/material/progress-bar';
import { ProblemError } from '../api/problem-error';
import { ExportButton } from '../exports/export-button';
import { KnownAgents } from '../search/known-agents';
import { FailureNotice } from '../shell/failure-notice';
import { Icon } from '../shell/icon';
import { IconButton } from '../shell/icon-button';
import { When } from '../shell/when';
import { MessageCard } from './message-card';
import { messagesByDay } from './messages-by-day';
import { ReplyBox } from './reply-box';
import { TranscriptPages } from './transcript-pages';
import { TranscriptScroll } from './transcript-scroll';

/** What was said in one session, oldest first; opens at its latest end or around the message that was looked for. */
@Component({
  selector: 'app-transcript',
  imports: [
    ExportButton,
    FailureNotice,
    Icon,
    IconButton,
    MatButton,
    MatIconButton,
    MatProgressBar,
    MessageCard,
    ReplyBox,
    TranscriptScroll,
    When,
  ],
  templateUrl: './transcript.html',
  styleUrl: './transcript.scss',
})
export class Transcript {
  readonly sessionName = input.required<string>();
  /** The id to open around; empty for the latest end. */
  readonly message = input.required<string>();
  readonly back = output();
  readonly searchHere = output();
  readonly openLatest = output();

  protected readonly pages = new TranscriptPages(this.sessionName, this.message);
  protected readonly days = computed(() => messagesByDay(this.pages.messages()));
  protected readonly opening = computed(() => this.pages.loading() && this.pages.side() === 'only');
  protected readonly openFailed = computed(
    () => this.pages.failure() !== undefined && this.pages.side() === 'only',
  );
  /** An answer to a mistyped name would begin a session of that name. */
  protected readonly unknown = computed(() => {
    const failure = this.pages.failure();
    return this.openFailed() && failure instanceof ProblemError && failure.status === 404;
  });
  protected readonly exportFilter = computed(() => ({ session_name: this.sessionName() }));
  protected readonly summary = computed(() => {
    const session = this.pages.session();
    if (!session) return '';
    const { message_count: all, user_count: user, assistant_count: bot, agent_count: agent } = session;
    return `${all === 1 ? '1 message' : `${all} messages`} · ${user} customer · ${bot} bot · ${agent} agent`;
  });

  constructor() {
    const known = inject(KnownAgents);
    effect(() => known.meet(this.pages.messages()));
  }

  /** An answer was sent, or the reader asks what is new. */
  protected showLatest(): void {
    if (this.message()) this.openLatest.emit();
    else this.pages.loadLatest();
  }
}
