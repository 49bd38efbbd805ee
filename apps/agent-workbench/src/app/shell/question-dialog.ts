import { Component, inject } from '@angular/core';
import { MatButton } from '@angular/material/button';
import {
  MAT_DIALOG_DATA,
  type MatDialog,
  MatDialogActions,
  MatDialogClose,
  MatDialogContent,
  MatDialogTitle,
} from '@angular/material/dialog';
import { firstValueFrom } from 'rxjs';

export interface Question {
  readonly title: string;
  readonly text: string;
  /** What happens on yes and on no, in the words of the buttons. */
  readonly yes: string;
  readonly no: string;
}

/** A question before something that takes long or cannot be taken back. The focus begins on no. */
@Component({
  selector: 'app-question-dialog',
  imports: [MatButton, MatDialogActions, MatDialogClose, MatDialogContent, MatDialogTitle],
  template: `
    <h2 mat-dialog-title>{{ question.title }}</h2>
    <mat-dialog-content>
      <p id="question-text">{{ question.text }}</p>
    </mat-dialog-content>
    <mat-dialog-actions align="end">
      <button matButton type="button" [mat-dialog-close]="false">{{ question.no }}</button>
      <button matButton="filled" type="button" [mat-dialog-close]="true">{{ question.yes }}</button>
    </mat-dialog-actions>
  `,
  styles: 'p { margin: 0 }',
})
export class QuestionDialog {
  protected readonly question = inject<Question>(MAT_DIALOG_DATA);
}

/** @returns false also when the dialog was left by Escape or beside it */
export async function ask(dialog: MatDialog, question: Question): Promise<boolean> {
  const opened = dialog.open<QuestionDialog, Question, boolean>(QuestionDialog, {
    data: question,
    role: 'alertdialog',
    ariaDescribedBy: 'question-text',
    width: '440px',
  });
  return (await firstValueFrom(opened.afterClosed())) ?? false;
}
