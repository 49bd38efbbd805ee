import { TestBed } from '@angular/core/testing';
import { Router } from '@angular/router';
import { screen } from '@testing-library/angular';
import { FakeApi } from '../../../test/fake-api';
import { address, goTo, openWorkbench } from '../../../test/workbench';

it('a page whose files are gone says so, offers a reload and leaves the one that stands', async () => {
  await openWorkbench(new FakeApi([]), '/login');
  const gone = () => Promise.reject(new TypeError('Failed to fetch dynamically imported module'));
  TestBed.inject(Router).resetConfig([{ path: 'exports', loadComponent: gone }]);
  const logged = jest.spyOn(console, 'error').mockImplementation(() => undefined);
  await expect(goTo('/exports')).rejects.toThrow('Failed to fetch');
  logged.mockRestore();
  expect(await screen.findByText(/could not be loaded/)).toBeTruthy();
  expect(screen.getByRole('button', { name: 'Reload' })).toBeTruthy();
  expect(address()).toBe('/login');
});
