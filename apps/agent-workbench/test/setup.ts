import { configure } from '@testing-library/dom';
import { setupZonelessTestEnv } from 'jest-preset-angular/setup-env/zoneless';

setupZonelessTestEnv({ errorOnUnknownElements: true, errorOnUnknownProperties: true });

// Queries by role otherwise compute the style of everything above every element; and a busy machine gets its time.
configure({ defaultHidden: true, asyncUtilTimeout: 15_000 });

afterEach(() => sessionStorage.clear());

// jsdom has no Blob.text, which every browser has.
Blob.prototype.text = function () {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(String(reader.result));
    reader.onerror = () => reject(reader.error ?? new Error('unreadable'));
    reader.readAsText(this);
  });
};
