import { Location } from '@angular/common';
import { DOCUMENT, inject } from '@angular/core';
import { MatSnackBar } from '@angular/material/snack-bar';
import { type NavigationError } from '@angular/router';

/** Of a page that cannot be fetched, as when the server has only the files of a newer build than this tab's. */
export function sayNotLoaded({ error, url }: NavigationError): void {
  console.error(error);
  const { location } = inject(DOCUMENT);
  const address = inject(Location).prepareExternalUrl(url);
  // Not by itself: a page that is missing for good would be loaded without end.
  inject(MatSnackBar)
    .open('That page could not be loaded. There may be a newer version of it.', 'Reload', {
      politeness: 'assertive',
      verticalPosition: 'top',
    })
    .onAction()
    .subscribe(() => location.assign(address));
}
