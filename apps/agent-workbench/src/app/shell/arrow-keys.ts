import { Directive, ElementRef, inject } from '@angular/core';

/** On a list of links: the arrow keys, Home and End move the focus from link to link. */
@Directive({ selector: '[appArrowKeys]', host: { '(keydown)': 'move($event)' } })
export class ArrowKeys {
  private readonly list = inject<ElementRef<HTMLElement>>(ElementRef).nativeElement;

  protected move(event: KeyboardEvent): void {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const links = [...this.list.querySelectorAll('a')];
    const target =
      links[this.targetIndex(event.key, links.indexOf(event.target as HTMLAnchorElement), links.length)];
    if (!target) return;
    event.preventDefault();
    target.focus();
  }

  private targetIndex(key: string, current: number, count: number): number {
    switch (key) {
      case 'ArrowDown':
        return Math.min(current + 1, count - 1);
      case 'ArrowUp':
        return Math.max(current - 1, 0);
      case 'Home':
        return 0;
      case 'End':
        return count - 1;
      default:
        return -1;
    }
  }
}
