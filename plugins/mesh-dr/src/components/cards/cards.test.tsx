import { screen, waitFor, within } from '@testing-library/react';
import { makeApi } from '../../__testUtils__/mockApi';
import { renderWithApi, reviews } from '../../__testUtils__/render';
import {
  makeDeadRegionTopology,
  makeTopology,
  mesh,
} from '../../__testUtils__/topology';
import { MeshPage } from '../MeshPage/MeshPage';
import { AtRisk } from './AtRisk';
import { EntityDrCard } from './EntityDrCard';

jest.setTimeout(60_000);

const service = (
  name: string,
  protection: 'protected' | 'partial' | 'unprotected' | 'unknown',
  namespace = 'default',
) => ({
  meshId: mesh.id,
  namespace,
  name,
  protection,
  regions: [{ region: 'cn-hangzhou', ready: 1, total: 2 }],
});

describe('EntityDrCard', () => {
  it('says the verdict, where the pods are and where the calls go', async () => {
    renderWithApi(<EntityDrCard />, makeApi());
    expect(await screen.findByText('Not protected')).toBeInTheDocument();
    expect(
      screen.getByText(makeTopology().verdict.sentence),
    ).toBeInTheDocument();
    const regions = screen.getByRole('list', { name: 'Pods by region' });
    const [hangzhou, shanghai] = within(regions).getAllByRole('listitem');
    expect(hangzhou).toHaveTextContent(/cn-hangzhou.*3\/4 ready/);
    expect(shanghai).toHaveTextContent(/cn-shanghai.*2\/2 ready/);
    const shares = screen.getByRole('list', {
      name: 'Predicted shares of calls',
    });
    expect(
      within(shares).getAllByText(/Calls from cn-hangzhou/).length,
    ).toBeGreaterThan(0);
    expect(
      screen.getByRole('link', { name: 'Topology and controls' }),
    ).toHaveAttribute(
      'href',
      '/catalog/default/component/reviews/disaster-recovery',
    );
  });

  it('leaves the shares out where a portal wants it shorter', async () => {
    renderWithApi(<EntityDrCard shares={false} />, makeApi());
    await screen.findByRole('list', { name: 'Pods by region' });
    expect(
      screen.queryByRole('list', { name: 'Predicted shares of calls' }),
    ).not.toBeInTheDocument();
  });

  it('keeps a region that is silent, with its age', async () => {
    renderWithApi(
      <EntityDrCard />,
      makeApi({ topology: makeDeadRegionTopology() }),
    );
    const regions = await screen.findByRole('list', { name: 'Pods by region' });
    expect(
      within(regions).getByText(/unreachable, last seen/),
    ).toBeInTheDocument();
  });

  it('says which mesh it cannot choose, and what could not be read', async () => {
    const { unmount } = renderWithApi(
      <EntityDrCard />,
      makeApi({
        listMeshes: async () => [mesh, { ...mesh, id: 'c2', name: 'other' }],
      }),
    );
    expect(
      await screen.findByText(/sees several meshes \(mesh-dr, other\)/),
    ).toBeInTheDocument();
    unmount();
    renderWithApi(
      <EntityDrCard />,
      makeApi({
        getTopology: async () => {
          throw new Error('the cluster is asleep');
        },
      }),
    );
    expect(await screen.findByRole('alert')).toHaveTextContent(
      'the cluster is asleep',
    );
  });

  it('speaks Chinese', async () => {
    renderWithApi(<EntityDrCard />, makeApi(), { language: 'zh-CN' });
    expect(
      await screen.findByRole('list', { name: '各地域的 Pod' }),
    ).toBeInTheDocument();
    expect(screen.getByText('拓扑与控制')).toBeInTheDocument();
  });
});

describe('AtRisk', () => {
  const other = { ...mesh, id: 'c2', name: 'other' };

  it('lists the worst first, over all pages of all meshes', async () => {
    const listServices = jest.fn(async ({ meshId, cursor }) => {
      if (meshId === other.id) {
        return { items: [service('reviews', 'unprotected')] };
      }
      return cursor
        ? { items: [service('ratings', 'unprotected')] }
        : {
            items: [
              service('details', 'partial'),
              service('productpage', 'protected'),
            ],
            nextCursor: 'more',
          };
    });
    renderWithApi(
      <AtRisk />,
      makeApi({ listMeshes: async () => [mesh, other], listServices }),
    );
    const list = await screen.findByRole('list', { name: 'Services at risk' });
    const rows = within(list).getAllByRole('listitem');
    expect(rows.map(row => row.textContent)).toEqual([
      expect.stringMatching(/^ratings\.default.*mesh-dr.*Not protected$/),
      expect.stringMatching(/^reviews\.default.*other.*Not protected$/),
      expect.stringMatching(/^details\.default.*mesh-dr.*Partly protected$/),
    ]);
    expect(screen.getByText('of 4 services')).toBeInTheDocument();
    expect(
      await within(list).findByRole('link', { name: 'reviews.default' }),
    ).toHaveAttribute(
      'href',
      '/catalog/default/component/reviews/disaster-recovery',
    );
    expect(
      within(list).getByRole('link', { name: 'ratings.default' }),
    ).toHaveAttribute('href', `/mesh-dr/${mesh.id}?service=ratings.default`);
  });

  it('does not send a reader to the entity of another mesh', async () => {
    const entity = {
      ...reviews,
      metadata: {
        ...reviews.metadata,
        annotations: {
          ...reviews.metadata.annotations,
          'mesh-dr.io/mesh': 'other',
        },
      },
    };
    renderWithApi(
      <AtRisk />,
      makeApi({
        listServices: async () => ({
          items: [service('reviews', 'unprotected')],
        }),
        listMeshes: async () => [mesh, other],
      }),
      { catalog: [entity] },
    );
    await waitFor(() =>
      expect(
        screen
          .getAllByRole('link', { name: 'reviews.default' })
          .map(link => link.getAttribute('href')),
      ).toEqual([
        `/mesh-dr/${mesh.id}?service=reviews.default`,
        '/catalog/default/component/reviews/disaster-recovery',
      ]),
    );
  });

  it('counts those that it does not list, with the way to them', async () => {
    renderWithApi(
      <AtRisk limit={1} levels={['unknown', 'partial']} />,
      makeApi({
        listServices: async () => ({
          items: ['a', 'b', 'c'].map(name => service(name, 'partial')),
        }),
      }),
    );
    expect(await screen.findByText('2 more:')).toBeInTheDocument();
    expect(
      screen.getByRole('link', { name: 'all of mesh-dr' }),
    ).toHaveAttribute('href', `/mesh-dr/${mesh.id}?verdict=unknown%2Cpartial`);
  });

  it('leaves namespaces out, and says when nothing is at risk', async () => {
    renderWithApi(
      <AtRisk excludeNamespaces={['lab']} />,
      makeApi({
        listServices: async () => ({
          items: [
            service('a', 'unprotected', 'lab'),
            service('b', 'protected'),
            service('c', 'protected'),
          ],
        }),
      }),
    );
    expect(
      await screen.findByText(/None of 2 services: each survives/),
    ).toBeInTheDocument();
  });

  it('names a mesh that does not answer and shows the others', async () => {
    renderWithApi(
      <AtRisk />,
      makeApi({
        listMeshes: async () => [mesh, other],
        listServices: async ({ meshId }) => {
          if (meshId === other.id) throw new Error('timed out');
          return { items: [service('ratings', 'unprotected')] };
        },
      }),
    );
    expect(await screen.findByRole('alert')).toHaveTextContent(
      /The services of other could not be read.*timed out/,
    );
    expect(screen.getByText('ratings.default')).toBeInTheDocument();
  });

  it('stands on the page of several meshes', async () => {
    renderWithApi(
      <MeshPage />,
      makeApi({ listMeshes: async () => [mesh, other] }),
      { language: 'zh-CN' },
    );
    expect(
      await screen.findByRole('region', { name: '有风险的服务' }),
    ).toBeInTheDocument();
  });
});
