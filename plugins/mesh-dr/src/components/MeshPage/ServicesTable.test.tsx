import { fireEvent, screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { useLocation } from 'react-router-dom';
import { makeApi } from '../../__testUtils__/mockApi';
import { renderWithApi } from '../../__testUtils__/render';
import { mesh } from '../../__testUtils__/topology';
import { LEVELS } from '../../lib/services';
import { ServicesTable } from './ServicesTable';

jest.setTimeout(60_000);

const COUNT = 5000;

const services = Array.from({ length: COUNT }, (_, i) => ({
  meshId: mesh.id,
  namespace: i % 2 ? 'shop' : 'default',
  name: `svc-${String(i).padStart(4, '0')}`,
  regions: [{ region: 'cn-hangzhou', ready: 2, total: 2 }],
  protection: LEVELS[i % LEVELS.length],
}));

/** Pages as the server gives them. */
const listServices = async (query: { limit?: number; cursor?: string }) => {
  const from = Number(query.cursor ?? 0);
  const end = from + (query.limit ?? 50);
  return {
    items: services.slice(from, end),
    ...(end < COUNT && { nextCursor: String(end) }),
  };
};

function Address() {
  return <output data-testid="address">{useLocation().search}</output>;
}

async function open(path = '/', language?: string) {
  renderWithApi(
    <>
      <ServicesTable mesh={mesh} />
      <Address />
    </>,
    makeApi({ listServices }),
    { path, language },
  );
  return await screen.findByRole('table');
}

const address = () => screen.getByTestId('address').textContent;

it('draws the rows in view out of thousands, wherever one scrolls', async () => {
  const table = await open();
  expect(table).toHaveAttribute('aria-rowcount', String(COUNT + 1));
  expect(screen.getByText('5000 of 5000 services')).toBeInTheDocument();
  expect(within(table).getAllByRole('row').length).toBeLessThan(60);
  expect(within(table).getByText('svc-0000')).toBeInTheDocument();

  const view = screen.getByRole('group', { name: 'Services' });
  view.scrollTop = 44 * 2500;
  fireEvent.scroll(view);
  const row = await within(table).findByRole('row', { name: /svc-2500/ });
  expect(row).toHaveAttribute('aria-rowindex', '2502');
  expect(within(table).queryByText('svc-0000')).not.toBeInTheDocument();
  expect(within(table).getAllByRole('row').length).toBeLessThan(60);

  view.scrollTop = 44 * COUNT;
  fireEvent.scroll(view);
  expect(await within(table).findByText('svc-4999')).toBeInTheDocument();
});

it('filters by name, verdict and namespace, and keeps that in the address', async () => {
  await open();
  await userEvent.type(
    screen.getByRole('searchbox', { name: 'Find a service' }),
    'SVC-00',
  );
  expect(await screen.findByText('100 of 5000 services')).toBeInTheDocument();
  await waitFor(() => expect(address()).toBe('?service=SVC-00'));

  await userEvent.click(
    screen.getByRole('button', { name: 'Not protected 25' }),
  );
  expect(await screen.findByText('25 of 5000 services')).toBeInTheDocument();
  expect(address()).toBe('?service=SVC-00&verdict=unprotected');

  await userEvent.click(screen.getByRole('button', { name: /Namespace/ }));
  await userEvent.click(await screen.findByRole('option', { name: 'shop' }));
  expect(
    await screen.findByText('No service passes the search and the filters.'),
  ).toBeInTheDocument();
  expect(address()).toBe('?service=SVC-00&verdict=unprotected&namespace=shop');

  await userEvent.click(
    screen.getByRole('button', { name: 'Clear the filters' }),
  );
  expect(await screen.findByText('5000 of 5000 services')).toBeInTheDocument();
  await waitFor(() => expect(address()).toBe(''));
});

it('opens as its address says, leaving other parameters alone', async () => {
  const table = await open(
    '/?what=else&service=svc-1&verdict=partial,nonsense&namespace=shop',
    'zh-CN',
  );
  expect(await screen.findByText('250 / 5000 个服务')).toBeInTheDocument();
  expect(within(table).queryByText('default')).not.toBeInTheDocument();
  const partial = screen.getByRole('button', { name: '部分受保护 250' });
  expect(partial).toHaveAttribute('aria-pressed', 'true');
  await userEvent.click(partial);
  await waitFor(() =>
    expect(address()).toBe('?what=else&service=svc-1&namespace=shop'),
  );
});

it('shows the first of what was found after a search from further down', async () => {
  const table = await open();
  const view = screen.getByRole('group', { name: 'Services' });
  view.scrollTop = 44 * 4000;
  fireEvent.scroll(view);
  await within(table).findByText('svc-4000');
  await userEvent.type(screen.getByRole('searchbox'), 'svc-1');
  expect(
    await within(screen.getByRole('table')).findByText('svc-1000'),
  ).toBeInTheDocument();
  await waitFor(() => expect(view.scrollTop).toBe(0));
});
