import { waitFor } from '@testing-library/angular';
import { FakeApi } from '../../../test/fake-api';
import { manySessions } from '../../../test/fake-data';
import { goTo, openWorkbench } from '../../../test/workbench';

const titled = (title: string) => waitFor(() => expect(document.title).toBe(`${title} · Agent workbench`));

it('names in the tab the session that is open, whatever else of the address changes', async () => {
  await openWorkbench(new FakeApi(manySessions(2, new Date())), '/history?session=session-001', 'ali');
  await titled('session-001');
  await goTo('/history?session=session-001&range=7d');
  await titled('session-001');
  await goTo('/history?session=session-002&range=7d');
  await titled('session-002');
});

it('names the page in the tab when no session is open', async () => {
  await openWorkbench(new FakeApi(manySessions(1, new Date())), '/exports', 'ali');
  await titled('Exports');
  await goTo('/history');
  await titled('History');
  await goTo('/history?session=session-001');
  await titled('session-001');
  await goTo('/history');
  await titled('History');
});
