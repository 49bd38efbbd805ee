import { Component, computed, inject, linkedSignal } from '@angular/core';
import { MatButtonToggle, MatButtonToggleGroup } from '@angular/material/button-toggle';
import { MatFormField, MatLabel } from '@angular/material/form-field';
import { MatInput } from '@angular/material/input';
import { DateTime } from 'luxon';
import { HistoryPlace } from './history-place';
import { type RangeName } from './time-range';

/** Which time the list is about: a preset at once, or two days of the reader's own calendar. */
@Component({
  selector: 'app-range-form',
  imports: [MatButtonToggle, MatButtonToggleGroup, MatFormField, MatInput, MatLabel],
  templateUrl: './range-form.html',
  styleUrl: './range-form.scss',
})
export class RangeForm {
  protected readonly place = inject(HistoryPlace);
  protected readonly presets: readonly { readonly name: RangeName; readonly label: string }[] = [
    { name: 'today', label: 'Today' },
    { name: '7d', label: '7 days' },
    { name: '30d', label: '30 days' },
    { name: 'all', label: 'All' },
    { name: 'custom', label: 'Custom' },
  ];
  protected readonly zone = DateTime.local().zoneName;

  protected readonly from = linkedSignal(() => this.place.range().from);
  protected readonly to = linkedSignal(() => this.place.range().to);
  protected readonly backwards = computed(
    () => this.from() !== '' && this.to() !== '' && this.from() > this.to(),
  );

  protected async choose(name: RangeName): Promise<void> {
    const today = DateTime.now();
    await this.place.go(
      name === 'custom'
        ? {
            range: name,
            from: this.from() || today.minus({ days: 6 }).toISODate(),
            to: this.to() || today.toISODate(),
          }
        : { range: name === 'all' ? null : name, from: null, to: null },
    );
  }

  protected async applyDays(): Promise<void> {
    if (this.backwards()) return;
    await this.place.go({ range: 'custom', from: this.from() || null, to: this.to() || null });
  }
}
