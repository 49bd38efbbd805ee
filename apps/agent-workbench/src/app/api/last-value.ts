import { type HttpResourceRef } from '@angular/common/http';
import { type Signal, linkedSignal } from '@angular/core';

/** What a resource brought last, kept while the next answer is on its way, so that a list does not blink. */
export function lastValue<T>(resource: HttpResourceRef<T | undefined>): Signal<T | undefined> {
  return linkedSignal<T | undefined, T | undefined>({
    source: () => (resource.hasValue() ? resource.value() : undefined),
    computation: (value, previous) => value ?? previous?.value,
  });
}
