import { Component, type ElementRef, inject, linkedSignal, viewChild } from '@angular/core';
import { FormsModule } from '@angular/forms';
import { MatIconButton } from '@angular/material/button';
import { MatButtonToggle, MatButtonToggleGroup } from '@angular/material/button-toggle';
import { MatFormField, MatLabel, MatPrefix, MatSuffix } from '@angular/material/form-field';
import { MatInput } from '@angular/material/input';
import { HistoryPlace } from '../history/history-place';
import { Icon } from '../shell/icon';

/** The contract's `maxQueryCharacters`, which its spec compares; the value itself would bring zod into the page. */
export const maxQueryCharacters = 500;

/** What to look for, and whether in every session or in the open one. */
@Component({
  selector: 'app-search-form',
  imports: [
    FormsModule,
    Icon,
    MatButtonToggle,
    MatButtonToggleGroup,
    MatFormField,
    MatIconButton,
    MatInput,
    MatLabel,
    MatPrefix,
    MatSuffix,
  ],
  templateUrl: './search-form.html',
  styleUrl: './search-form.scss',
})
export class SearchForm {
  protected readonly place = inject(HistoryPlace);
  private readonly field = viewChild.required<ElementRef<HTMLInputElement>>('field');

  protected readonly maxCharacters = maxQueryCharacters;
  protected readonly typed = linkedSignal(() => this.place.q());

  focus(): void {
    this.field().nativeElement.focus();
  }

  protected async search(): Promise<void> {
    // A lone surrogate cannot stand in an address.
    const q = this.typed().toWellFormed().trim();
    await this.place.go({ q: q || null, message: null });
  }

  protected async clear(): Promise<void> {
    this.typed.set('');
    this.focus();
    await this.search();
  }
}
